"""The embedded tracker: a pure swarm table behind HTTP and UDP endpoints."""
