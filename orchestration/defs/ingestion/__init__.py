"""Sources into the raw rooms."""
