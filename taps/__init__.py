"""The scouts: each speaks to one source, and knows nothing of us."""
