"""The streams: one table of raw_weather each."""
