"""The demo, its sandbox, and what it compares with the truth."""
