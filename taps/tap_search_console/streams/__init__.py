"""The streams: one table of raw_search_console each."""
