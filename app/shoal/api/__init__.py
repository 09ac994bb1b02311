"""The one door between front ends and engine: commands in, immutable snapshots out."""
