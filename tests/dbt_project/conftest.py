"""A database in which every model stands, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt.contracts.graph.manifest import Manifest

from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import libpq_environment
from tests.conftest import NewDatabase
from tests.dbt_project.dbt_commands import DbtProject
from tests.dbt_project.kpi_shops import Shops, build_shops
from tests.dbt_project.warehouse import Pair, Warehouse


@pytest.fixture(scope="module")
def warehouse(
    new_installation: NewDatabase,
    parsed_project: Manifest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Warehouse]:
    """A database where everything was built once, on empty raw tables.

    Of one module: what the tests before it left behind would make it dearer.
    """
    with new_installation() as url:
        work = tmp_path_factory.mktemp("warehouse")
        dbt = DbtProject(libpq_environment(url), work, parsed_project)
        yield Warehouse(url, dbt)


@pytest.fixture(scope="module")
def shops(warehouse: Warehouse) -> Shops:
    """The companies whose KPIs are counted by hand; tests only read them."""
    return build_shops(warehouse)


@pytest.fixture
def pair(warehouse: Warehouse) -> Pair:
    """Two companies that no other test touches."""
    return warehouse.add_pair()


@pytest.fixture
def settings(warehouse: Warehouse, tmp_path: Path) -> Settings:
    """Those of an installation on the module's database, with a key of its own."""
    return Settings(tmp_path / "home", warehouse.url)


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
