"""The Configuration: every setting on a page, searched, applied at once, taken back as easily."""
