"""Run the loader: ``python -m taps.target_postgres --config config.json``."""

from taps.target_postgres.target import TargetPostgres

if __name__ == "__main__":
    TargetPostgres.cli()
