"""The engine: session > torrent > peer | discovery > transport | storage | policy. It never imports Qt."""
