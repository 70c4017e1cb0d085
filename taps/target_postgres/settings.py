"""The settings of target-postgres."""

from __future__ import annotations

from singer_sdk import typing as th

__all__ = ["SETTINGS"]

#: JSON schema of the configuration; an unknown setting is an error, not a wish.
SETTINGS = th.PropertiesList(
    th.Property(
        "database_url",
        th.StringType,
        required=True,
        secret=True,
        title="Database URL",
        description="postgresql://user:password@host:port/database",
    ),
    th.Property(
        "schema",
        th.StringType(pattern=r"^[a-z_][a-z0-9_]{0,62}$"),
        required=True,
        title="Schema",
        description="Schema of the raw tables, for example raw_files.",
    ),
    th.Property(
        "company_id",
        th.StringType(pattern=r"^[a-z][a-z0-9_]{0,39}$"),
        required=True,
        title="Company",
        description="Stamped on every row; first column of every key.",
    ),
    th.Property(
        "source",
        th.StringType,
        nullable=False,
        title="Source",
        description=(
            "Slug of the source in the quarantine table. Default: the schema "
            "without raw_."
        ),
    ),
    th.Property(
        "role",
        th.StringType,
        nullable=False,
        default="loader",
        title="Role",
        description="Postgres role to act as; empty: the user of the URL.",
    ),
    th.Property(
        "run_id",
        th.StringType,
        nullable=False,
        title="Run",
        description="Written to _sdc_run_id. Default: a new UUID.",
    ),
    th.Property(
        "batch_rows",
        th.IntegerType(minimum=1),
        nullable=False,
        default=20_000,
        title="Rows per batch",
        description="Records of all streams after which everything is committed.",
    ),
    th.Property(
        "quarantine_table",
        th.StringType,
        nullable=False,
        default="ops.quarantined_records",
        title="Quarantine table",
        description="Where bad records go; empty: stop at the first one.",
    ),
    th.Property(
        "forgotten",
        th.ObjectType(additional_properties=True),
        nullable=False,
        secret=True,
        title="Forgotten people",
        description="Keyed hashes of names to refuse; see `forgotten.py`.",
    ),
    additional_properties=False,
).to_dict()
