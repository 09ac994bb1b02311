"""The detail pane: one transfer from eight sides."""
