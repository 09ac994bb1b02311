"""Byte streams of peers: receive, send, listen, dial."""
