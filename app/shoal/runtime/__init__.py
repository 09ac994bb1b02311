"""The world: every clock, socket, thread, file and random number comes from here."""
