"""Two empty shops behind a server, per test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.shopify.endpoints import routes
from sandbox.simulation.companies import ANDES
from sandbox.simulation.world import World
from tests.sandbox.serving import serving
from tests.sandbox.shopify.shops import Client, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world whose shops are served."""
    world = make_world(tmp_path)
    with serving(world, lambda world: routes(world, bulk_seconds=0.0)):
        yield world


@pytest.fixture
def client(world: World) -> Client:
    """An app of Tienda Norte."""
    return Client(world)


@pytest.fixture
def other_client(world: World) -> Client:
    """An app of Andes."""
    return Client(world, ANDES)
