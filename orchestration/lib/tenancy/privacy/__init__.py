"""Forgetting a person: who it is, every row that tells of them, and the proof."""
