"""The main window, its actions and panes."""
