"""Wire formats without I/O: bytes to values and back; imports nothing of ours and reads no clock."""
