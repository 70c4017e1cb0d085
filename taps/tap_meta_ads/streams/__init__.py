"""One stream per file."""
