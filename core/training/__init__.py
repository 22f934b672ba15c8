"""The training loop as a generator of typed events."""
