"""The warehouse as a Dagster resource: who reads and writes which room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import dagster as dg
import psycopg

from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import connect, open_database
from orchestration.lib.warehouse.raw_tables import ensure_raw_tables

__all__ = ["Warehouse"]


class Warehouse(dg.ConfigurableResource[None]):
    """The platform's database. Its URL is a secret and never part of the config."""

    def url(self) -> str:
        """URL of the database, migrated and with a table for every stream.

        Starts the embedded server if need be.
        """
        return _open(Settings.from_environment())

    @contextmanager
    def acting_as(self, role: str) -> Iterator[psycopg.Connection]:
        """One transaction as one of the platform's roles: all of it, or nothing."""
        with connect(self.url(), role) as connection:
            yield connection


@cache
def _open(settings: Settings) -> str:
    url = open_database(settings)
    ensure_raw_tables(url)
    return url
