"""All torrents together: registry, commands, snapshots, resume store, limits."""
