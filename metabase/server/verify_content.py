"""Whether what was written answers: cards, pages, actions, reports and signed links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from metabase.content.delivery import COMPANY_SLUG
from metabase.content.errors import MetabaseError
from metabase.server.client import Metabase
from metabase.server.comparison import was_put_away
from metabase.server.embedding import sign
from metabase.server.identity import Identities, Known

__all__ = ["Server", "content_problems", "link_problems", "may_ask"]

_COMPLETED = "completed"
_NOT_FOUND, _FORBIDDEN = 404, 403
_SHOWN = 200
_LINK_MINUTES = 5
# What a reader might choose; a text that no row has is an answer too.
_CHOSEN = {"number": [1], "string": ["timonel verify"]}


@dataclass(frozen=True)
class Server:
    """A server as its administrator sees it, and the companies that are there."""

    metabase: Metabase
    identities: Identities
    companies: tuple[str, ...]

    def known(self, kind: str) -> list[Known]:
        """What there should be of a kind."""
        return [
            one
            for one in self.identities.all(kind=kind)
            if one.company_id in self.companies and not was_put_away(one)
        ]


def content_problems(server: Server, tell: Callable[[str], None]) -> Iterator[str]:
    """What does not answer, or is not there, in words."""
    cards, pages = server.known("card"), server.known("dashboard")
    tell(f"running {len(cards)} cards")
    for card in cards:
        yield from _card(server, card)
    tell(f"running them where they stand, on {len(pages)} pages")
    for page in pages:
        yield from _page(server, page)
    for kind, endpoint in (("action", "/api/action"), ("subscription", "/api/pulse")):
        for one in server.known(kind):
            live = _read(server.metabase, f"{endpoint}/{one.metabase_id}")
            if live is None or live.get("archived"):
                yield f"there is no {kind} {one.key} of {one.company_id}"
            elif kind == "subscription" and not _has_readers(live):
                yield f"nobody gets the {kind} {one.key} of {one.company_id}"


def link_problems(server: Server, secret: str) -> Iterator[str]:
    """Open one page of each company by a signed link, as nobody in particular."""
    for company_id in server.companies:
        pages = [
            one for one in server.known("dashboard") if one.company_id == company_id
        ]
        lives = (
            server.metabase.get(f"/api/dashboard/{one.metabase_id}") for one in pages
        )
        page = next((one for one in lives if one.get("enable_embedding")), None)
        if page is None:
            yield f"no page of {company_id} can be embedded"
            continue
        ends = datetime.now(UTC) + timedelta(minutes=_LINK_MINUTES)
        payload = {
            "resource": {"dashboard": page["id"]},
            "params": {COMPANY_SLUG: [company_id]},
            "exp": int(ends.timestamp()),
        }
        try:
            Metabase(server.metabase.url).get(
                f"/api/embed/dashboard/{sign(payload, secret)}"
            )
        except MetabaseError as error:
            name = f"{page['name']!r} of {company_id}"
            yield f"a signed link does not open {name}: {error}"


def may_ask(person: Metabase, database_id: int) -> bool:
    """Whether somebody may send SQL of their own over a connection."""
    body = {
        "database": database_id,
        "type": "native",
        "native": {"query": "select 1"},
    }
    try:
        answer = person.post("/api/dataset", body)
    except MetabaseError as error:
        if error.status == _FORBIDDEN:
            return False
        raise
    # Some versions refuse inside an answer that is well.
    return bool(answer.get("status") == _COMPLETED)


def _card(server: Server, card: Known) -> Iterator[str]:
    path = f"/api/card/{card.metabase_id}/query"
    live = server.metabase.get(f"/api/card/{card.metabase_id}")
    answer = server.metabase.post(path, {"parameters": []})
    yield from _complaint(answer, f"{live['name']!r} of {card.company_id}")


def _page(server: Server, page: Known) -> Iterator[str]:
    """Each card where it stands, with nothing chosen and with each choice."""
    live = server.metabase.get(f"/api/dashboard/{page.metabase_id}")
    types = {one["id"]: str(one["type"]) for one in live["parameters"]}
    for placed in live["dashcards"]:
        if placed["card_id"] is None:
            # A button; what it asks for is tried nowhere.
            continue
        path = (
            f"/api/dashboard/{page.metabase_id}/dashcard/{placed['id']}"
            f"/card/{placed['card_id']}/query"
        )
        choices: list[list[dict[str, Any]]] = [
            [],
            *([_choice(one, types)] for one in placed["parameter_mappings"]),
        ]
        for chosen in choices:
            answer = server.metabase.post(path, {"parameters": chosen})
            told = ", ".join(str(one["id"]) for one in chosen) or "nothing"
            where = f"a card at row {placed['row']} of {live['name']!r}"
            yield from _complaint(
                answer, f"{where} of {page.company_id}, with {told} chosen,"
            )


def _choice(mapping: dict[str, Any], types: dict[str, str]) -> dict[str, Any]:
    kind = types[mapping["parameter_id"]]
    return {
        "id": mapping["parameter_id"],
        "type": kind,
        "value": _CHOSEN[kind.split("/")[0]],
        "target": mapping["target"],
    }


def _complaint(answer: dict[str, Any], what: str) -> Iterator[str]:
    if answer.get("status") != _COMPLETED:
        said = str(answer.get("error", "no reason given"))
        yield f"{what} does not answer: {said[:_SHOWN]}"


def _has_readers(live: dict[str, Any]) -> bool:
    return any(one["enabled"] and one["recipients"] for one in live["channels"])


def _read(metabase: Metabase, path: str) -> dict[str, Any] | None:
    try:
        read: dict[str, Any] = metabase.get(path)
    except MetabaseError as error:
        if error.status == _NOT_FOUND:
            return None
        raise
    return read
