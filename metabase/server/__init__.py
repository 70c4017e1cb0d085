"""Bring a Metabase server to what the content says, and look whether it is."""
