"""The Qt interface; reaches the engine only through `api`."""
