"""Alerts: rules, conditions that hold, a memory of who was told, and delivery."""
