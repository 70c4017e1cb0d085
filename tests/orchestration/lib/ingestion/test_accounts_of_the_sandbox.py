"""A company whose rows the sandbox keeps at a source reads those, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from orchestration.lib.connections.connection_secrets import save_secrets
from orchestration.lib.connections.connections import Connection, add_connection
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.ingestion.ingestion import Reading, SourceReader
from sandbox.accounts import connections_of, keep_community
from sandbox.declared.source import declared_sources
from tests.orchestration.conftest import Shop
from tests.sandbox.serving import serving_source

NOW = datetime.now(UTC).replace(microsecond=0)
YESTERDAY = NOW.date() - timedelta(days=1)
TOKEN = "sandbox-hubspot-access_token"
CONTACTS = """contact_id,registered_at,email,phone,client_id,source
1,2026-01-05T10:00:00Z,1@red.example,+34600000001,ga.1,google
2,2026-02-05T10:00:00Z,2@red.example,+34600000002,ga.2,podcast
3,{later},3@red.example,+34600000003,ga.3,podcast
"""
EVENTS = """event_id,event_type,occurred_at,contact_id,client_id,source
1,page_view,{day}T09:00:00Z,,ga.1,google
2,page_view,{day}T10:00:00Z,,ga.8,google
3,page_view,{day}T10:00:00Z,,ga.9,podcast
4,login,{day}T11:00:00Z,1,ga.1,google
5,page_view,{before}T23:30:00Z,,ga.2,podcast
"""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """The third contact is of next month; the fifth event is the next day in Madrid."""
    later = (NOW + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    before = YESTERDAY - timedelta(days=2)
    path = tmp_path / "world.sqlite"
    events = EVENTS.format(day=YESTERDAY, before=before)
    keep_community(path, "acme", CONTACTS.format(later=later), events)
    return path


@contextmanager
def connected(shop: Shop, world: Path, slug: str) -> Iterator[None]:
    """A connection of acme to its account, as the sandbox offers it."""
    (served,) = (each for each in declared_sources() if each.slug == slug)
    with serving_source(served, NOW, world) as url:
        told = connections_of(world, "acme", url, YESTERDAY)[slug]
        add_connection(shop.url, Connection("acme", slug, slug, told["settings"]))
        save_secrets(shop.url, shop.settings, "acme", slug, told["secrets"])
        yield


def read(shop: Shop, slug: str) -> Reading:
    reader = SourceReader(
        *(shop.url, shop.settings, SOURCES[slug], "run", shop.log.append)
    )
    return reader.read(shop.company, None)


def test_contacts_are_those_of_the_account(shop: Shop, world: Path) -> None:
    contacts = """select id, email, utm_source, client_id, created_at::date::text
        from raw_hubspot.contacts order by id"""
    with connected(shop, world, "hubspot"):
        first = read(shop, "hubspot")
        landed = shop.rows(contacts)
        again = read(shop, "hubspot")

    assert (first.failures, again.failures) == ((), ())
    assert landed == [
        ("1", "1@red.example", "google", "ga.1", "2026-01-05"),
        ("2", "2@red.example", "podcast", "ga.2", "2026-02-05"),
    ]
    assert shop.rows(contacts) == landed
    assert shop.rows("select id from raw_hubspot.contact_ids order by id") == [
        ("1",),
        ("2",),
    ]


def test_visits_are_those_of_the_account_by_day_of_its_zone(
    shop: Shop, world: Path
) -> None:
    days = """select date::text, property_id, sessions, engaged_sessions, time_zone
        from raw_ga4.property_days order by date"""
    with connected(shop, world, "ga4"):
        first = read(shop, "ga4")

    assert first.failures == ()
    about = ("401234567",)
    before = YESTERDAY - timedelta(days=1)
    assert shop.rows(days) == [
        (str(before), *about, 1, 1, "Europe/Madrid"),
        (str(YESTERDAY), *about, 3, 1, "Europe/Madrid"),
    ]
    assert shop.rows(
        """select date::text, session_source, sessions from raw_ga4.source_days
        order by date, session_source"""
    ) == [
        (str(before), "podcast", 1),
        (str(YESTERDAY), "google", 2),
        (str(YESTERDAY), "podcast", 1),
    ]


def test_an_account_that_is_not_kept_is_refused(world: Path) -> None:
    (served,) = (each for each in declared_sources() if each.slug == "hubspot")
    asked = (TOKEN, f"{TOKEN}@acme", f"{TOKEN}@bolt", f"{TOKEN}@..", "x@acme")
    with serving_source(served, NOW, world) as url:
        address = f"{url}/hubspot/crm/objects/2026-09/contacts"
        statuses = [
            requests.get(
                address, headers={"authorization": f"Bearer {token}"}, timeout=5
            ).status_code
            for token in asked
        ]

    assert statuses == [200, 200, 401, 401, 401]
