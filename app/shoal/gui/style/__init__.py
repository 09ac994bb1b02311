"""Tokens, theme, icons, units and time in words."""
