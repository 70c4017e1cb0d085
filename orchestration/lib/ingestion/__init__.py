"""Reading sources: tap to target, bookmarks, and whether anything changed."""
