"""One world, made once, seen from noon of the day it was made on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sandbox.clock import Clock
from sandbox.simulation.making import WorldPlan, open_world
from sandbox.simulation.world import World

ANCHOR = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLAN = WorldPlan(customers=900, seed=14, has_files=False)


def clock_at(moment: datetime) -> Clock:
    clock = Clock()
    clock.freeze(moment)
    return clock


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.fixture(scope="session")
def made(home: Path) -> World:
    return open_world(PLAN, home, clock_at(NOON))


@pytest.fixture
def world(made: World) -> Iterator[World]:
    """The world as it was at noon, whatever a test did to its clock."""
    yield made
    made.clock.freeze(NOON)
