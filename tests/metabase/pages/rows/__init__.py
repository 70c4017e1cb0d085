"""Rows that stand for what pages read."""
