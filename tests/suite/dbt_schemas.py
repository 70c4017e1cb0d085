"""What dbt holds its settings against, made as this is imported: a third of a second.

It makes them at its first look otherwise, in each process anew.
"""

from dbt.adapters.postgres.connections import PostgresCredentials
from dbt.contracts.project import (
    Configuration,
    PackageConfig,
    ProfileConfig,
    Project,
    ProjectFlags,
)

__all__ = ["SCHEMAS"]

SCHEMAS = [
    kind.json_schema()
    for kind in (
        *(Configuration, PackageConfig, ProfileConfig),
        *(PostgresCredentials, Project, ProjectFlags),
    )
]
