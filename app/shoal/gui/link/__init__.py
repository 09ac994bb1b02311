"""Engine client to Qt signals and back."""
