"""Example sources: what a shop would deliver, where the true answers are known."""
