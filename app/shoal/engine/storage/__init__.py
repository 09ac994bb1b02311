"""Pieces on disk: buffers, hashing, positioned writes, re-check, read cache."""
