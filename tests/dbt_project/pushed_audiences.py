"""Audiences of two shops with the same customers, and places to push them to."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from orchestration.lib.activation.audiences.destinations import (
    SwitchOn,
    store_destination,
)
from orchestration.lib.activation.audiences.pushes import (
    Pushed,
    PushRequest,
    push_audience,
)
from orchestration.lib.activation.audiences.withdrawals import (
    TakenBack,
    WithdrawRequest,
    withdraw_members,
)
from orchestration.lib.core.settings import Settings
from sandbox.server import Emulator
from sandbox.simulation.world import World
from tests.dbt_project.raw_shopify import customer
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.sandbox.ads_world import make_world
from tests.sandbox.serving import serving

__all__ = ["HELD_BACK", "PUSHED", "Pushing", "pushing"]

#: Of customers 1 to 8, the last two are kept back by lot.
PUSHED = ("1", "2", "3", "4", "5", "6")
HELD_BACK = ("7", "8")
_NAMES = itertools.count(1)


def _shopper(number: str, company_id: str) -> dict[str, object]:
    return {
        **customer(number, f"buyer{number}@{company_id.replace('_', '-')}.example.com"),
        "email_marketing_state": "subscribed",
        "phone_marketing_state": "subscribed",
        "phone": f"+34 600 000 00{number}",
        "first_name": "Zoë",
        "last_name": "Pérez-Gil",
    }


@dataclass
class Pushing:
    """Two companies, an audience of each, and a running sandbox."""

    warehouse: Warehouse
    world: World
    http: requests.Session
    settings: Settings
    pair: Pair
    name: str
    log: list[str]

    @property
    def url(self) -> str:
        return self.warehouse.url

    def email(self, number: str, company_id: str = "") -> str:
        shop = (company_id or self.pair.acme).replace("_", "-")
        return f"buyer{number}@{shop}.example.com"

    def allow(self, to: str, company_id: str = "", **settings: Any) -> None:
        """Switch a place on, with the credentials of the sandbox."""
        slug = {"klaviyo": "klaviyo", "meta": "meta_ads", "shopify": "shopify"}[to]
        theirs = "tienda_norte" if company_id != self.pair.bolt else "andes"
        told = self.world.credentials(theirs, slug)
        store_destination(
            self.url,
            self.settings,
            SwitchOn(
                company_id or self.pair.acme,
                to,
                "ana",
                settings={**told.settings, **settings} if to == "klaviyo" else settings,
                secrets=told.secrets if to == "klaviyo" else {},
            ),
        )

    def push(self, to: str, company_id: str = "") -> Pushed:
        request = PushRequest(company_id or self.pair.acme, self.name, to, "ana")
        return push_audience(self.url, self.settings, request, self.log.append)

    def withdraw(self, to: str | None = None) -> list[TakenBack]:
        request = WithdrawRequest(self.pair.acme, "ana", self.name, to)
        return withdraw_members(self.url, self.settings, request, self.log.append)

    def changes(self, number: str, company_id: str = "", **known: object) -> None:
        """The shop knows something else of a customer from now on."""
        company = company_id or self.pair.acme
        self.warehouse.execute(
            "delete from raw_shopify.customers where company_id = %s and id = %s",
            [company, number],
        )
        self.warehouse.land(
            company, "customers", {**_shopper(number, company), **known}
        )

    def requests_to(self, path: str) -> int:
        """How often something was written to a path that ends so."""
        told = self.http.get(f"{self.world.base_url}/_sandbox/requests").json()
        return sum(
            each["method"] == "POST" and each["path"].endswith(path) for each in told
        )

    def fail(self, kind: str, **options: Any) -> None:
        self.http.post(
            f"{self.world.base_url}/_sandbox/faults", json={"kind": kind, **options}
        ).raise_for_status()

    def on_klaviyo(self, company: str = "tienda_norte") -> dict[str, list[str]]:
        """The e-mail addresses on each list of an account, by its name."""
        told = self.world.credentials(company, "klaviyo")
        headers = {
            "Authorization": f"Klaviyo-API-Key {told.secrets['api_key']}",
            "revision": "2026-04-15",
        }
        root = f"{self.world.base_url}/klaviyo/api/lists"
        lists = self.http.get(root, headers=headers).json()["data"]
        return {
            each["attributes"]["name"]: sorted(
                profile["attributes"]["email"]
                for profile in self.http.get(
                    f"{root}/{each['id']}/profiles", headers=headers
                ).json()["data"]
            )
            for each in lists
        }


@contextmanager
def pushing(
    warehouse: Warehouse, folder: Path, *emulators: Emulator
) -> Iterator[Pushing]:
    """A new pair of companies, whose audiences have one name and the same members."""
    pair, name = warehouse.add_pair(), f"win back {next(_NAMES)}"
    for company in (pair.acme, pair.bolt):
        numbers = (*PUSHED, *HELD_BACK)
        warehouse.land(
            company, "customers", *(_shopper(number, company) for number in numbers)
        )
        _audience(warehouse, company, name)
    world = make_world(folder)
    settings = Settings(folder / "home", warehouse.url)
    try:
        with serving(world, *emulators) as http:
            yield Pushing(warehouse, world, http, settings, pair, name, [])
    finally:
        # Sealed with a key that nobody has after this test.
        for table in ("audience_destinations", "connections"):
            warehouse.execute(f"delete from ops.{table}")


def _audience(warehouse: Warehouse, company_id: str, name: str) -> None:
    audience_id = uuid.uuid4()
    warehouse.execute(
        """insert into ops.audiences (company_id, audience_id, name, segment_id,
            holdout_share, segment_customer_count, without_consent_count,
            without_address_count, built_by)
        values (%s, %s, %s, 'standard', 0.25, 8, 0, 0, 'ana')""",
        [company_id, audience_id, name],
    )
    for number in (*PUSHED, *HELD_BACK):
        warehouse.execute(
            "insert into ops.audience_members values (%s, %s, %s, %s, %s)",
            [
                *(company_id, audience_id, f"shopify/{number}"),
                *(number in HELD_BACK, 10 - int(number)),
            ],
        )
