"""Where audiences may be pushed to: nowhere, until somebody switches a place on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from orchestration.lib.connections.connection_secrets import destination_secret, sealing
from orchestration.lib.connections.connections import (
    Connection,
    list_connections,
    load_connection,
)
from orchestration.lib.connections.tokens import secrets_for_tap
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import connect

__all__ = [
    "PLACES",
    "Destination",
    "DestinationRefused",
    "NotSwitchedOn",
    "Place",
    "SwitchOn",
    "configuration",
    "load_destination",
    "place",
    "store_destination",
    "switch_off",
    "switched_on",
]


class DestinationRefused(PlainError, ValueError):
    """Such a place cannot be switched on; the message says what is missing."""


class NotSwitchedOn(PlainError, PermissionError):
    """Nobody allowed writing there; the message says how to."""


@dataclass(frozen=True)
class Place:
    """A kind of destination.

    Parameters
    ----------
    source_slug
        The source whose connection is used; None where it has a key of its own.
    rights
        What has to be granted to write there, in its own words.
    batch_size
        People given at a time, of whom consent is asked for just before.
    """

    name: str
    title: str
    rights: str
    batch_size: int
    source_slug: str | None = None
    secrets: tuple[str, ...] = ()


#: Places with an API that takes lists.
PLACES: Mapping[str, Place] = {
    each.name: each
    for each in (
        Place(
            "klaviyo",
            "Klaviyo",
            "a private key with lists:read, lists:write, profiles:read, profiles:write",
            batch_size=1_000,
            secrets=("api_key",),
        ),
        Place(
            "meta",
            "Meta Ads",
            "a token with ads_management",
            batch_size=10_000,
            source_slug="meta_ads",
        ),
        Place(
            "shopify",
            "Shopify",
            "the access scope write_customers of the app",
            batch_size=200,
            source_slug="shopify",
        ),
    )
}


@dataclass(frozen=True)
class Destination:
    """A place of one company, switched on or off."""

    company_id: str
    destination: str
    is_switched_on: bool
    connection_id: str | None
    settings: dict[str, Any]

    @property
    def place(self) -> Place:
        """What kind it is."""
        return place(self.destination)

    @property
    def batch_size(self) -> int:
        """People given at a time."""
        return int(self.settings.get("batch_size") or self.place.batch_size)


@dataclass(frozen=True)
class SwitchOn:
    """What somebody allows.

    Parameters
    ----------
    connection_id
        Whose credentials are used; None for the only one there is.
    """

    company_id: str
    destination: str
    changed_by: str
    connection_id: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


def place(name: str) -> Place:
    """The place of this name.

    Raises
    ------
    DestinationRefused
    """
    if name not in PLACES:
        raise DestinationRefused(
            f"Nothing is pushed to {name!r}; places that take lists: "
            f"{', '.join(PLACES)}. For others: timonel audience export"
        )
    return PLACES[name]


def load_destination(url: str, company_id: str, name: str) -> Destination | None:
    """A place of a company; None when nobody ever switched it on."""
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(Destination))
        return cursor.execute(
            """select company_id, destination, is_switched_on, connection_id, settings
            from ops.audience_destinations
            where company_id = %s and destination = %s""",
            (company_id, name),
        ).fetchone()


def switched_on(url: str, company_id: str, name: str) -> Destination:
    """A place that may be written to.

    Raises
    ------
    DestinationRefused
        There is no such place.
    NotSwitchedOn
    """
    asked = place(name)
    found = load_destination(url, company_id, name)
    if found is None or not found.is_switched_on:
        raise NotSwitchedOn(
            f"Writing to {asked.title} is off for {company_id}, as it is until "
            f"somebody allows it. Switch it on: timonel audience switch-on {name} "
            f"--company {company_id} (it needs {asked.rights})."
        )
    return found


def store_destination(url: str, settings: Settings, asked: SwitchOn) -> Destination:
    """Allow writing to a place with these credentials; replaces what was stored.

    Raises
    ------
    DestinationRefused
        There is no such place, no connection to take, or no key.
    """
    kind = place(asked.destination)
    connection = _connection(url, asked, kind)
    missing = [name for name in kind.secrets if not asked.secrets.get(name)]
    if missing and _sealed(url, asked.company_id, kind.name) is None:
        options = " ".join(f"--secret {name}=@FILE" for name in missing)
        raise DestinationRefused(f"{kind.title} needs {kind.rights}: add {options}")
    connection_id = connection.connection_id if connection else None
    with sealing(url, settings) as (database, vault):
        sealed = (
            vault.seal(
                asked.company_id, destination_secret(kind.name), dict(asked.secrets)
            )
            if asked.secrets
            else None
        )
        database.execute(
            """insert into ops.audience_destinations as stored (company_id, destination,
                is_switched_on, connection_id, settings, encrypted_secrets, changed_by)
            values (%s, %s, true, %s, %s, %s, %s)
            on conflict (company_id, destination) do update set
                is_switched_on = true,
                connection_id = excluded.connection_id,
                settings = stored.settings || excluded.settings,
                encrypted_secrets = coalesce(
                    excluded.encrypted_secrets, stored.encrypted_secrets
                ),
                changed_by = excluded.changed_by,
                changed_at = now()""",
            (
                *(asked.company_id, kind.name, connection_id),
                *(Jsonb(asked.settings), sealed, asked.changed_by),
            ),
        )
    return switched_on(url, asked.company_id, kind.name)


def switch_off(url: str, company_id: str, name: str, changed_by: str) -> bool:
    """Forbid writing to a place and forget its key; False if it was off."""
    place(name)
    with connect(url, "orchestrator") as database:
        changed = database.execute(
            """update ops.audience_destinations set is_switched_on = false,
                encrypted_secrets = null, changed_by = %s, changed_at = now()
            where company_id = %s and destination = %s and is_switched_on""",
            (changed_by, company_id, name),
        )
        return bool(changed.rowcount)


def configuration(
    url: str, settings: Settings, destination: Destination
) -> tuple[dict[str, Any], frozenset[str]]:
    """What the program that speaks with the place is told, and what of it is secret."""
    told: dict[str, Any] = {"place": destination.destination}
    secrets: dict[str, Any] = _secrets(url, settings, destination)
    if destination.connection_id is not None:
        connection = load_connection(
            url, destination.company_id, destination.connection_id
        )
        told |= connection.settings
        secrets |= secrets_for_tap(url, settings, connection)
    hidden = frozenset(str(value) for value in secrets.values() if value)
    return {**told, **destination.settings, **secrets}, hidden


def _connection(url: str, asked: SwitchOn, kind: Place) -> Connection | None:
    if kind.source_slug is None:
        return None
    found = list_connections(url, asked.company_id, kind.source_slug)
    wanted = [
        each for each in found if asked.connection_id in {None, each.connection_id}
    ]
    if len(wanted) == 1:
        return wanted[0]
    known = ", ".join(each.connection_id for each in found) or "none yet"
    raise DestinationRefused(
        f"{kind.title} is written to with the access of one of {asked.company_id}'s "
        f"connections ({known}): name it with --connection, or connect it first."
    )


def _sealed(url: str, company_id: str, name: str) -> bytes | None:
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select encrypted_secrets from ops.audience_destinations
            where company_id = %s and destination = %s""",
            (company_id, name),
        ).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])


def _secrets(url: str, settings: Settings, destination: Destination) -> dict[str, Any]:
    company_id, name = destination.company_id, destination.destination
    if _sealed(url, company_id, name) is None:
        return {}
    with sealing(url, settings, create=False) as (_, vault):
        # Read again: the key may have changed while its turn was waited for.
        sealed = _sealed(url, company_id, name) or b""
        return vault.unseal(company_id, destination_secret(name), sealed)
