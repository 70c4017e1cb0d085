"""Models: from marts to predictions."""
