"""What start.py does: an environment of its own, system packages, then Shoal, its tests or its checks.

Standard library only: it runs before anything is installed.
"""
