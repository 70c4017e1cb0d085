"""The sandbox's companies that are read from files they deliver."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from sandbox.accounts import connections_of, keep_community
from sandbox.community.files import community
from sandbox.community.team import team
from sandbox.community.webhooks import live_body
from sandbox.export import DEFAULT_CUSTOMERS, deliver, files_folder
from sandbox.marketplace.files import marketplace
from sandbox.saas.files import DEFAULT_ACCOUNTS, cuaderno
from sandbox.webhooks import keep_bodies, webhooks_of
from sandbox.webinars.files import DEFAULT_REGISTRANTS, webinars

__all__ = ["DELIVERED", "deliver_files", "files_of", "offers"]

_TRUTH: Final = "truth.json"
_BODIES: Final = ".jsonl"
"""What is delivered by webhook, a body a line, and no file of the company."""
_COMMUNITIES: Final = ("red_profesional",)
"""Whose contacts and visits are asked for over HTTP."""
_PEOPLE_A_DAY: Final = 4.0
"""Who comes to the community in a world of the usual size."""
_USUAL_CUSTOMERS: Final = 2_000
"""Of those who deliver files; smaller worlds are made for tests."""
_ACCOUNTS_OF_A_THOUSAND: Final = 75
"""In a smaller world; one of the usual size or larger has them all."""
_PER_SHOP_CUSTOMER: Final = 0.4
"""Of them, for each of a shop whose world is larger than usual."""

Make = Callable[[date, int, int], dict[str, str]]


def _plaza(last_day: date, customers: int, seed: int) -> dict[str, str]:
    return marketplace(users=customers, seed=seed, last_day=last_day)


def _red_profesional(last_day: date, customers: int, seed: int) -> dict[str, str]:
    daily = _PEOPLE_A_DAY * customers / DEFAULT_CUSTOMERS
    return community(seed=seed, last_day=last_day, daily=daily)


def _academia_ia(last_day: date, customers: int, seed: int) -> dict[str, str]:
    registrants = max(10, DEFAULT_REGISTRANTS * customers // DEFAULT_CUSTOMERS)
    return webinars(seed=seed, last_day=last_day, registrants=registrants)


def _cuaderno(
    last_day: date, customers: int, seed: int, accounts: int | None = None
) -> dict[str, str]:
    if accounts is None and customers >= _USUAL_CUSTOMERS:
        accounts = DEFAULT_ACCOUNTS
    accounts = accounts or max(10, _ACCOUNTS_OF_A_THOUSAND * customers // 1_000)
    return cuaderno(seed=seed, last_day=last_day, accounts=accounts)


#: How the files of each are made: its last day, the size of the world, the seed.
DELIVERED: Final[Mapping[str, Make]] = {
    "plaza": _plaza,
    "red_profesional": _red_profesional,
    "academia_ia": _academia_ia,
    "cuaderno": _cuaderno,
}


def deliver_files(
    world: Path,
    anchor: date,
    *,
    customers: int,
    seed: int,
    accounts: int | None = None,
) -> dict[str, Any]:
    """Write the files that belong to a world, up to the day before; their truths.

    Parameters
    ----------
    accounts : of the subscription business; as the size of the world asks if None.
    """
    truths: dict[str, Any] = {}
    larger = int(customers * _PER_SHOP_CUSTOMER)
    size = max(min(customers, _USUAL_CUSTOMERS), larger)
    sized: dict[str, Make] = {"cuaderno": partial(_cuaderno, accounts=accounts)}
    for slug, make in {**DELIVERED, **sized}.items():
        contents = make(anchor - timedelta(days=1), size, seed)
        truths |= json.loads(contents.pop(_TRUTH))
        if slug in _COMMUNITIES:
            contacts = contents.pop("contacts.csv")
            keep_bodies(world, slug, "whatsapp.live", [live_body(contacts)])
            keep_community(world, slug, contacts, contents["community_events.csv"])
        for name, text in contents.items():
            if name.endswith(_BODIES):
                sender = name.removesuffix(_BODIES)
                keep_bodies(world, slug, sender, text.splitlines())
            else:
                deliver(files_folder(world, slug) / name, text)
    return truths


def offers(world: Path, truths: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """What somebody has to know to connect each, as of all the sandbox's companies."""
    return {
        slug: {
            "name": truths[slug]["name"],
            "currency_code": truths[slug]["currency_code"],
            "time_zone": truths[slug]["time_zone"],
            "settings": truths[slug].get("settings", {}),
            "connections": {
                **files_of(world, slug),
                **connections_of(
                    *(world, slug, base_url),
                    date.fromisoformat(truths[slug]["as_of_date"]),
                ),
            },
            "webhooks": webhooks_of(world, slug),
            "team": (
                team(date.fromisoformat(truths[slug]["as_of_date"]))
                if slug in _COMMUNITIES
                else {}
            ),
        }
        for slug in DELIVERED
        if slug in truths
    }


def files_of(world: Path, slug: str) -> dict[str, Any]:
    """How to connect the files that a company delivers; nothing if it has none."""
    folder = files_folder(world, slug)
    if not folder.is_dir():
        return {}
    settings = {"paths": [str(folder.absolute())], "name_prefix": f"{slug}/"}
    return {"files": {"settings": settings, "secrets": {}}}
