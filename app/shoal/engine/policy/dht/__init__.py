"""Decisions of a DHT node: whom to keep, whom to ask, whom to answer, what to store. Pure."""
