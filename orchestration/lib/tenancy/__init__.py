"""Companies: their settings, their removal, and the people they forget."""
