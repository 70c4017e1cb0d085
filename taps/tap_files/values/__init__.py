"""What a cell of a file means: its letters, amount, currency and day."""
