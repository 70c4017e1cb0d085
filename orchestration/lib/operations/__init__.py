"""Runs of Dagster and of the command line, service levels, and the doctor."""
