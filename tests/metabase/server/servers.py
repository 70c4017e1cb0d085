"""A double, the files it is filled from, and the ways tests ask about both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import yaml

from metabase.content.load import CONTENT_ROOT
from metabase.content.yaml_files import parsed
from metabase.server.apply import apply, plan
from metabase.server.client import Admin
from metabase.server.desired_state import Request
from metabase.server.diff import PENDING
from metabase.server.logins import PASSWORD_VARIABLE
from tests.metabase.server.double import FakeMetabase
from tests.metabase.server.serving import reached

PASSWORDS = {
    f"{PASSWORD_VARIABLE}_{company}": f"reader secret of {company}"
    for company in ("ACME", "BOLT", "NUEVA")
}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = "pages/commerce/clientes.yml"


@dataclass
class Server:
    """The double and the request that fills it."""

    fake: FakeMetabase
    request: Request
    environment: dict[str, str] = field(default_factory=lambda: dict(PASSWORDS))

    def run(self, **changes: Any) -> list[str]:
        """Apply; gives what was changed."""
        self.fake.writes.clear()
        request = replace(self.request, **changes)
        found = apply(request, self.environment, now=NOW)
        return [str(one) for one in found if one.action in PENDING]

    def plan(self, **changes: Any) -> list[str]:
        """What apply would change, and what is told beside."""
        self.fake.writes.clear()
        request = replace(self.request, **changes)
        found = plan(request, self.environment, now=NOW)
        return [str(one) for one in found if one.action != "unchanged"]

    def pending(self, **changes: Any) -> list[str]:
        """The part of the plan that apply would do."""
        return [one for one in self.plan(**changes) if one.split()[0] in PENDING]

    def written(self) -> list[str]:
        """What the server was asked to write since the last run began."""
        return [f"{verb} {path}" for verb, path, _ in self.fake.writes]

    def named(self, things: dict[int, Any], name: str) -> int:
        """Id of the one thing with that name."""
        (key,) = (key for key, one in things.items() if one["name"] == name)
        return key

    def page(self, name: str = "Clientes") -> dict[str, Any]:
        """The one dashboard with that name."""
        return self.fake.dashboards[self.named(self.fake.dashboards, name)]

    def card(self, name: str) -> dict[str, Any]:
        """The one card with that name."""
        return self.fake.cards[self.named(self.fake.cards, name)]

    def top(self, company: str) -> int:
        """Id of a company's collection."""
        (key,) = (
            key
            for key, one in self.fake.collections.items()
            if one["name"].endswith(f"({company})") and one["location"] == "/"
        )
        return key

    def folders(self, company: str) -> set[int]:
        """A company's collection and those in it."""
        top = self.top(company)
        inside = {
            key
            for key, one in self.fake.collections.items()
            if one["location"] == f"/{top}/"
        }
        return {top, *inside}

    def group(self, name: str) -> int:
        """Id of a group, such as ``acme: directivo``."""
        return self.named(self.fake.groups, name)

    def database(self, company: str) -> int:
        """Id of a company's connection."""
        return self.named(self.fake.databases, f"timonel_{company}")

    def cards_of(self, company: str) -> list[dict[str, Any]]:
        """The live cards in a company's folders."""
        inside = self.folders(company)
        return [
            one
            for one in self.fake.cards.values()
            if one["collection_id"] in inside and not one["archived"]
        ]

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Ask the platform's database as its administrator."""
        with psycopg.connect(self.request.database_url) as admin:
            cursor = admin.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace one text in one of the files."""
        path = self.request.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def state(self) -> dict[str, Any]:
        """Everything the server holds, by name instead of by id."""
        fake = self.fake
        names = {key: one["name"] for key, one in fake.cards.items()}
        return {
            "databases": sorted(one["name"] for one in fake.databases.values()),
            "collections": sorted(one["name"] for one in fake.collections.values()),
            "groups": sorted(one["name"] for one in fake.groups.values()),
            "cards": sorted(
                (one["name"], fake.collections[one["collection_id"]]["name"])
                for one in fake.cards.values()
            ),
            "pages": sorted(
                (
                    one["name"],
                    sorted(
                        (names.get(at["card_id"], ""), at["row"], at["col"])
                        for at in one["dashcards"]
                    ),
                )
                for one in fake.dashboards.values()
            ),
            "pulses": sorted(one["name"] for one in fake.pulses.values()),
            "access": sorted(
                (fake.groups[group]["name"], fake.collections[int(key)]["name"], level)
                for (group, key), level in fake.access.items()
                if key != "root"
            ),
        }


def sign_in(details: dict[str, Any]) -> bool:
    """What Metabase does before it stores a connection."""
    try:
        connect(details).close()
    except psycopg.OperationalError:
        return False
    return True


def connect(details: dict[str, Any]) -> psycopg.Connection:
    """The warehouse as the login of one connection."""
    return psycopg.connect(
        host=details["host"],
        port=details["port"],
        dbname=details["dbname"],
        user=details["user"],
        password=details["password"],
    )


def copy_content(folder: Path) -> None:
    """Copy everything that is applied."""
    for name in ("pages", "labels", "reports"):
        shutil.copytree(CONTENT_ROOT / name, folder / name)
    for file in ("roles.yml", "delivery.yml", "actions.yml"):
        shutil.copy(CONTENT_ROOT / file, folder / file)


def keep_only(folder: Path, page: str) -> None:
    """Leave one dashboard with its cards, so that a test is quick."""
    for path in (folder / "pages").glob("*/*.yml"):
        if path.stem != page:
            path.unlink()
    (path,) = (folder / "pages").glob(f"*/{page}.yml")
    kept = parsed(path)
    # Clicks lead to pages that are gone, and so are cards of these.
    kept["cards"] = {
        name: one for name, one in kept["cards"].items() if "shared" not in one
    }
    for one in kept["cards"].values():
        one.pop("click", None)
    path.write_text(yaml.safe_dump(kept, sort_keys=False))
    roles = parsed(folder / "roles.yml")
    roles["folders"] = {
        name: [one for one in pages if one == page]
        for name, pages in roles["folders"].items()
    }
    for one in roles["plans"].values():
        one["pages"] = {"all_but": []}
    (folder / "roles.yml").write_text(yaml.safe_dump(roles))
    delivery = parsed(folder / "delivery.yml")
    delivery["embeddable"] = [page]
    for one in delivery["subscriptions"].values():
        one["dashboard"] = page
    (folder / "delivery.yml").write_text(yaml.safe_dump(delivery))


def without_top(root: Path) -> None:
    """Take a card and its place out of the files."""
    path = root / PAGE
    page = parsed(path)
    del page["cards"]["top_customers"]
    path.write_text(yaml.safe_dump(page, sort_keys=False))


@contextmanager
def new_server(
    database_url: str, folder: Path, companies: tuple[str, ...] = ("acme", "bolt")
) -> Iterator[Server]:
    """An empty double, to be filled from ``folder``."""
    fake = FakeMetabase(can_connect=sign_in)
    with reached(fake) as url:
        request = Request(
            metabase_url=url,
            admin=Admin("admin@example.com", "admin secret"),
            database_url=database_url,
            company_ids=companies,
            root=folder,
        )
        yield Server(fake, request)
