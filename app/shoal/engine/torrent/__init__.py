"""One torrent: lifecycle, swarm, download, upload, counters, resume."""
