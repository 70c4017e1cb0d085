"""One database with every model built on it, shared by the tests of dbt_project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.database import libpq_environment, migrate
from orchestration.lib.embedded_postgres import EmbeddedPostgres
from tests.dbt_project.dbt_commands import DbtProject
from tests.dbt_project.kpi_shops import Shops, build_shops
from tests.dbt_project.warehouse import Pair, Warehouse


@pytest.fixture(scope="session")
def warehouse(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    """A migrated database where everything was built once, on empty raw tables."""
    with _warehouse(postgres, "dbt_shared", tmp_path_factory.mktemp("dbt")) as made:
        made.dbt.run("build")
        yield made


@pytest.fixture(scope="session")
def shops(warehouse: Warehouse) -> Shops:
    """The companies whose KPIs are counted by hand; tests only read them."""
    return build_shops(warehouse)


@pytest.fixture
def pair(warehouse: Warehouse) -> Pair:
    """Two companies that no other test touches."""
    return warehouse.add_pair()


@pytest.fixture
def fresh_warehouse(postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Warehouse]:
    """A database of the test's own, with empty raw tables and no models yet."""
    with _warehouse(postgres, "dbt_fresh", tmp_path) as made:
        yield made


@contextmanager
def _warehouse(
    postgres: EmbeddedPostgres, name: str, work: Path
) -> Iterator[Warehouse]:
    # Not a copy of a template: what is granted on a database is not copied with it.
    server = postgres.url().rsplit("/", 1)[0]
    url = f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"create database {name}".encode())
        migrate(url)
        warehouse = Warehouse(url, DbtProject(libpq_environment(url), work))
        warehouse.create_raw_tables()
        yield warehouse
        admin.execute(f"drop database {name} with (force)".encode())
