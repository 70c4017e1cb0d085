"""Thin shells: read a mart, call a model, write predictions. The only Dagster here."""
