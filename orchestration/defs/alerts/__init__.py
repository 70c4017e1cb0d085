"""Alerts: what is wrong is noticed and told, also between runs."""
