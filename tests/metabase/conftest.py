"""Fixtures of the dashboards' tests."""

from __future__ import annotations

import pytest

from tests.metabase.reporting_rows import make_reporting
from tests.metabase.shops import ACME, BOLT, NEW


@pytest.fixture
def reporting_url(database_url: str) -> str:
    """URL of a database whose reporting schema holds the three shops."""
    make_reporting(database_url, [ACME, BOLT, NEW])
    return database_url
