"""Where Shoal meets the desktop around its window: who asks it to open things, and what it is asked for."""
