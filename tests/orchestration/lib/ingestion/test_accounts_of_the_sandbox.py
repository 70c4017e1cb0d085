"""A company whose contacts the sandbox keeps in HubSpot reads those, and no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from orchestration.lib.connections.connection_secrets import save_secrets
from orchestration.lib.connections.connections import Connection, add_connection
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.ingestion.ingestion import SourceReader
from sandbox.community.crm import hubspot_contacts
from sandbox.declared.kept import keep_rows
from sandbox.declared.source import Source, declared_sources
from tests.orchestration.conftest import Shop
from tests.sandbox.serving import serving_source

SLUG = "hubspot"
TOKEN = "sandbox-hubspot-access_token"
NOW = datetime.now(UTC).replace(microsecond=0)
CONTACTS = """contact_id,registered_at,email,phone,client_id,source
1,2026-01-05T10:00:00Z,1@red.example,+34600000001,ga.1,google
2,2026-02-05T10:00:00Z,2@red.example,+34600000002,ga.2,podcast
3,{later},3@red.example,+34600000003,ga.3,podcast
"""


@pytest.fixture
def served() -> Source:
    (found,) = (each for each in declared_sources() if each.slug == SLUG)
    return found


@pytest.fixture
def world(tmp_path: Path) -> Path:
    later = (NOW + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = list(hubspot_contacts(CONTACTS.format(later=later)))
    path = tmp_path / "world.sqlite"
    keep_rows(path, "acme", SLUG, "contacts", rows)
    ids = [(moment, {"id": row["id"]}) for moment, row in rows]
    keep_rows(path, "acme", SLUG, "contact_ids", ids)
    return path


def test_the_contacts_are_those_of_the_account(
    shop: Shop, served: Source, world: Path
) -> None:
    contacts = """select id, email, utm_source, client_id, created_at::date::text
        from raw_hubspot.contacts order by id"""
    with serving_source(served, NOW, world) as url:
        settings = {"api_url": f"{url}/{SLUG}"}
        add_connection(shop.url, Connection("acme", SLUG, SLUG, settings))
        secrets = {"access_token": f"{TOKEN}@acme"}
        save_secrets(shop.url, shop.settings, "acme", SLUG, secrets)
        reader = SourceReader(
            *(shop.url, shop.settings, SOURCES[SLUG], "run", shop.log.append)
        )

        first = reader.read(shop.company, None)
        landed = shop.rows(contacts)
        again = reader.read(shop.company, None)

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


def test_an_account_that_is_not_kept_is_refused(served: Source, world: Path) -> None:
    with serving_source(served, NOW, world) as url:
        address = f"{url}/{SLUG}/crm/objects/2026-09/contacts"
        statuses = [
            requests.get(
                address, headers={"authorization": f"Bearer {token}"}, timeout=5
            ).status_code
            for token in (
                TOKEN,
                f"{TOKEN}@acme",
                f"{TOKEN}@bolt",
                f"{TOKEN}@..",
                "x@acme",
            )
        ]

    assert statuses == [200, 200, 401, 401, 401]
