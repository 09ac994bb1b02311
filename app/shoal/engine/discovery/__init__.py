"""Where peers come from: trackers over HTTP and UDP and the announcer that schedules them."""
