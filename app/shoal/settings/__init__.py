"""Where settings and state live, and the declarative schema of both."""
