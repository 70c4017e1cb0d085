"""What the rows of each source promise, and whether those that landed keep it."""
