"""What an example company has in declared sources: kept with a world, and offered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sandbox.community import analytics
from sandbox.community.crm import hubspot_contacts
from sandbox.declared.kept import has_account, keep_rows
from sandbox.declared.source import declared_sources, settings

__all__ = ["connections_of", "keep_community"]

_VISITS_DAYS: Final = 90
"""Google Analytics is asked day by day: of a year that takes a minute."""


def keep_community(world: Path, slug: str, contacts: str, events: str) -> None:
    """Keep a community's contacts in HubSpot, and its visits in Google Analytics.

    Parameters
    ----------
    contacts, events
        Their files, as text.
    """
    people = list(hubspot_contacts(contacts))
    keep_rows(world, slug, "hubspot", "contacts", people)
    ids = [(moment, {"id": row["id"]}) for moment, row in people]
    keep_rows(world, slug, "hubspot", "contact_ids", ids)
    days = list(analytics.property_days(events, contacts))
    keep_rows(world, slug, "ga4", "property_days", days)
    sources = analytics.source_days(events, contacts)
    keep_rows(world, slug, "ga4", "source_days", sources)
    told = {
        "property_id": analytics.PROPERTY_ID,
        "time_zone": analytics.TIME_ZONE,
        "currency_code": "EUR",
    }
    first = min((moment for moment, _ in days), default=datetime.min)
    keep_rows(world, slug, "ga4", "properties", [(first, told)] if days else [])


def connections_of(
    world: Path, slug: str, base_url: str, last_day: date
) -> dict[str, Any]:
    """How to connect what a world keeps of a company, by its source."""
    more: dict[str, Mapping[str, Any]] = {
        "hubspot": {},
        "ga4": {
            "property_ids": [analytics.PROPERTY_ID],
            "start_date": str(last_day - timedelta(days=_VISITS_DAYS)),
        },
    }
    return {
        source.slug: _connection(settings(source, base_url), slug, more[source.slug])
        for source in declared_sources()
        if source.slug in more and has_account(world, slug, source.slug)
    }


def _connection(
    told: dict[str, Any], slug: str, more: Mapping[str, Any]
) -> dict[str, Any]:
    secrets = {
        # The one that says who asks says whose rows.
        name: f"{told.pop(name)}@{slug}"
        for name in ("access_token", "refresh_token")
        if name in told
    }
    if "client_secret" in told:
        secrets["client_secret"] = told.pop("client_secret")
    return {"settings": {**told, **more}, "secrets": secrets}
