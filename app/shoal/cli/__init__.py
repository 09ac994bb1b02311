"""The command line: get, seed, check, create, show, tracker, demo."""
