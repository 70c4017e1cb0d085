"""One database with every model built on it, shared by the tests of dbt_project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt.contracts.graph.manifest import Manifest

from orchestration.lib.database import libpq_environment
from tests.conftest import NewDatabase
from tests.dbt_project.dbt_commands import DbtProject
from tests.dbt_project.kpi_shops import Shops, build_shops
from tests.dbt_project.warehouse import Pair, Warehouse


@pytest.fixture(scope="session")
def warehouse(built: Warehouse) -> Warehouse:
    """A database where everything was built once, shared by these tests."""
    return built


@pytest.fixture(scope="session")
def shops(warehouse: Warehouse) -> Shops:
    """The companies whose KPIs are counted by hand; tests only read them."""
    return build_shops(warehouse)


@pytest.fixture
def pair(warehouse: Warehouse) -> Pair:
    """Two companies that no other test touches."""
    return warehouse.add_pair()


@pytest.fixture
def fresh_warehouse(
    new_database: NewDatabase, tmp_path: Path, parsed_project: Manifest
) -> Iterator[Warehouse]:
    """A database of the test's own, with empty raw tables and no models yet."""
    with new_database() as url:
        dbt = DbtProject(libpq_environment(url), tmp_path, parsed_project)
        warehouse = Warehouse(url, dbt)
        warehouse.create_raw_tables()
        yield warehouse


@pytest.fixture
def own_warehouse(
    new_installation: NewDatabase, tmp_path: Path, parsed_project: Manifest
) -> Iterator[Warehouse]:
    """A database of the test's own, in which every model stands."""
    with new_installation() as url:
        yield Warehouse(
            url, DbtProject(libpq_environment(url), tmp_path, parsed_project)
        )
