"""Delegates and custom-painted widgets."""
