"""Fixtures of the loader's tests."""

from __future__ import annotations

import pytest

from tests.taps.target_postgres.singer import Loader


@pytest.fixture
def loader(database_url: str) -> Loader:
    """Loads into a fresh, migrated database."""
    return Loader(database_url)
