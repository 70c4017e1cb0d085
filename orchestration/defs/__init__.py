"""What exists, by concept; discovered when Dagster loads the project."""
