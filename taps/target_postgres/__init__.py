"""Loads Singer messages into Postgres: exact, repeatable, one company per run."""
