"""One window for each profile: who starts second hands its sources to who runs already, and ends."""
