"""What a torrent is: frozen values and arithmetic, no I/O."""
