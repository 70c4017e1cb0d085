"""The laboratory: pure models in sub-packages, thin Dagster shells in `assets`."""
