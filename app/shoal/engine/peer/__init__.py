"""One peer connection: handshake, requests, uploads, extensions."""
