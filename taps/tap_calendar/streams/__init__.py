"""The streams: one table of raw_calendar each."""
