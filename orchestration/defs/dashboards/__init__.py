"""Dashboards rendered from the live database."""
