"""Shoal: a desktop BitTorrent client over an engine of its own."""

__version__ = "0.1.0"

APPLICATION_ID = "org.shoal.Shoal"
"""Under which desktops know Shoal: the names of its desktop entry, icons and metadata."""
