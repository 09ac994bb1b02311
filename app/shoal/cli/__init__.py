"""The headless commands: each takes an engine client and options, prints, and answers an exit code."""
