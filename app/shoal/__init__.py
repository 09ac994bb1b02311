"""Shoal: a desktop BitTorrent client over an engine of its own."""

__version__ = "0.1.0"
