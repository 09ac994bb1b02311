"""Qt item models over snapshots."""
