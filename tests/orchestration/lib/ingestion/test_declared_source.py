"""A declared source is tried, read and compared like every other, and read again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from orchestration.lib.connections.connection_checks import check_connection
from orchestration.lib.connections.connections import Connection, add_connection
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.data_quality.contracts.judgement import Landed, breaches
from orchestration.lib.data_quality.reconciliation import differences
from orchestration.lib.ingestion.ingestion import Reading, SourceReader
from sandbox.declared.source import declared_sources
from tests.orchestration.conftest import Shop
from tests.sandbox.serving import serving_source

SLUG = "ecb_rates"
SOURCE = SOURCES[SLUG]


@pytest.fixture
def connection(shop: Shop) -> Iterator[Connection]:
    """A connection of acme to the source, as the sandbox makes it up."""
    (served,) = (each for each in declared_sources() if each.slug == SLUG)
    with serving_source(served, datetime.now(UTC)) as url:
        settings = {"api_url": f"{url}/{SLUG}"}
        connection = Connection("acme", "rates", SLUG, settings)
        add_connection(shop.url, connection)
        yield connection


def _read(shop: Shop, run: str) -> Reading:
    reader = SourceReader(shop.url, shop.settings, SOURCE, run, shop.log.append)
    return reader.read(shop.company, None)


def test_it_is_tried_read_and_read_again(shop: Shop, connection: Connection) -> None:
    found = check_connection(shop.url, shop.settings, shop.company, connection)
    before = datetime.now(UTC) - timedelta(hours=1)
    totals = "select count(*), count(distinct date), sum(rate) from raw_ecb_rates.rates"

    first = _read(shop, "run-1")
    landed = shop.rows(totals)
    second = _read(shop, "run-2")

    assert found["warnings"] == []
    assert (first.failures, second.failures) == ((), ())
    # Two currencies on each of the 45 days that the sandbox makes up.
    assert landed[0][:2] == (90, 45)
    assert shop.rows(totals) == landed
    assert differences(shop.url, "acme", SOURCE, None) == []
    assert breaches(shop.url, Landed("acme", SOURCE, before)) == []
