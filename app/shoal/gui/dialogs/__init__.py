"""Dialogs: opened, awaited, never exec()ed."""
