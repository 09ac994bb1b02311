"""How Shoal becomes a package: a bundle with everything in it, and what each system's installer needs around it.

`python3 start.py package ...` runs it in an environment of its own, with PyInstaller in it.
"""
