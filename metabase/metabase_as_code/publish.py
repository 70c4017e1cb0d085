"""Bring the cards and dashboards of one company's collection to what the files say.

Each card carries a comment with its ``entity_id`` in the SQL, because the server
does not keep an id of ours. It tells our cards from those made by hand, and lets a
title change without becoming another card.
"""

from __future__ import annotations

from typing import Any

from metabase.metabase_as_code.choice_payloads import (
    click_settings,
    parameter_payload,
    tag_payload,
    target,
)
from metabase.metabase_as_code.content import Card, Content, Dashboard
from metabase.metabase_as_code.errors import MetabaseError
from metabase.metabase_as_code.http_api import Metabase
from metabase.metabase_as_code.tenancy import Home

__all__ = ["publish"]

_MARK = "-- timonel card "


def publish(metabase: Metabase, content: Content, home: Home) -> None:
    """Create, update and archive until the collection equals the files.

    Everything is read first and written only where it differs; after a write it is
    read again, because the server drops keys it does not know without a word.

    Raises
    ------
    MetabaseError
        A request was refused, or the server did not keep what was sent.
    """
    _publish_collection(metabase, content, home)
    items = _items(metabase, home)
    card_ids = _publish_cards(metabase, content, home, items)
    # All first: a click may lead to any of them.
    dashboard_ids = {
        dashboard.entity_id: _ensure_dashboard(metabase, dashboard, home, items)
        for dashboard in content.dashboards
    }
    for dashboard in content.dashboards:
        _publish_dashboard(metabase, dashboard, home, card_ids, dashboard_ids)


def _items(metabase: Metabase, home: Home) -> list[dict[str, Any]]:
    page = metabase.get(f"/api/collection/{home.collection_id}/items")
    items: list[dict[str, Any]] = page["data"]
    if page.get("total", len(items)) != len(items):
        raise MetabaseError(
            f"collection {home.company.collection} has {page['total']} items and the "
            f"server lists {len(items)}; move the ones made by hand elsewhere"
        )
    return items


def _publish_collection(metabase: Metabase, content: Content, home: Home) -> None:
    path = f"/api/collection/{home.collection_id}"
    wanted = {"description": content.collection.description}
    # A PUT that does not say otherwise takes a collection out of the archive.
    _put_if_different(metabase, path, wanted, {"archived": False}, "collection")


def _publish_cards(
    metabase: Metabase, content: Content, home: Home, items: list[dict[str, Any]]
) -> dict[str, int]:
    live = [
        metabase.get(f"/api/card/{item['id']}")
        for item in items
        if item["model"] == "card"
    ]
    marked = {_mark_of(card): card for card in live}
    card_ids = {}
    for card in content.cards.values():
        known = marked.get(card.entity_id) or _named(live, card)
        card_ids[card.entity_id] = _publish_card(metabase, card, home, known)
    for entity_id, old in marked.items():
        if entity_id and entity_id not in content.cards:
            metabase.put(f"/api/card/{old['id']}", {"archived": True})
            metabase.changes.append(f"archived card {old['name']}")
    return card_ids


def _publish_card(
    metabase: Metabase, card: Card, home: Home, live: dict[str, Any] | None
) -> int:
    wanted = {
        "name": card.name,
        # The server has no place of its own for why a card is empty.
        "description": " ".join(filter(None, (card.description, card.when_empty))),
        "type": "question",
        "display": card.display,
        "dataset_query": {
            "lib/type": "mbql/query",
            "database": home.database_id,
            "stages": [
                {
                    "lib/type": "mbql.stage/native",
                    "native": f"{_MARK}{card.entity_id}\n{card.sql}",
                    "template-tags": {
                        one.slug: tag_payload(one) for one in card.parameters
                    },
                }
            ],
        },
        "parameters": [
            {**parameter_payload(one, {}), "target": target(one.slug)}
            for one in card.parameters
        ],
        "visualization_settings": dict(card.settings),
        "collection_id": home.collection_id,
    }
    what = f"card {card.name}"
    if live is None:
        made = metabase.post("/api/card", wanted)
        path = f"/api/card/{made['id']}"
        _check_kept(metabase.get(path), wanted, what)
        metabase.changes.append(f"created {what}")
        return int(made["id"])
    _put_if_different(metabase, f"/api/card/{live['id']}", wanted, {}, what)
    return int(live["id"])


def _ensure_dashboard(
    metabase: Metabase, dashboard: Dashboard, home: Home, items: list[dict[str, Any]]
) -> int:
    what = f"dashboard {dashboard.name}"
    found = [
        item
        for item in items
        if item["model"] == "dashboard" and item["name"] == dashboard.name
    ]
    if len(found) > 1:
        raise MetabaseError(f"there are {len(found)} of {what}; archive all but one")
    if found:
        return int(found[0]["id"])
    start = {"name": dashboard.name, "collection_id": home.collection_id}
    made = metabase.post("/api/dashboard", start)
    metabase.changes.append(f"created {what}")
    return int(made["id"])


def _publish_dashboard(
    metabase: Metabase,
    dashboard: Dashboard,
    home: Home,
    card_ids: dict[str, int],
    dashboard_ids: dict[str, int],
) -> None:
    dashboard_id = dashboard_ids[dashboard.entity_id]
    path = f"/api/dashboard/{dashboard_id}"
    live = metabase.get(path)
    wanted = {
        "name": dashboard.name,
        "description": dashboard.description,
        "width": dashboard.width,
        "auto_apply_filters": dashboard.auto_apply_filters,
        "collection_id": home.collection_id,
        "parameters": [
            {**parameter_payload(one, card_ids), "sectionId": one.kind.split("/")[0]}
            for one in dashboard.parameters
        ],
        # Sent even when empty: cards without tabs would delete the tabs.
        "tabs": [],
        "dashcards": _dashcards(dashboard, card_ids, dashboard_ids, live["dashcards"]),
    }
    _put_if_different(metabase, path, wanted, {}, f"dashboard {dashboard.name}")


def _dashcards(
    dashboard: Dashboard,
    card_ids: dict[str, int],
    dashboard_ids: dict[str, int],
    live: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    # Subscriptions hang off these ids, so a card that stays keeps its own.
    kept = {dashcard["card_id"]: dashcard["id"] for dashcard in live}
    return [
        {
            "id": kept.get(card_ids[placement.card_id], -position),
            "card_id": card_ids[placement.card_id],
            "row": placement.row,
            "col": placement.col,
            "size_x": placement.size_x,
            "size_y": placement.size_y,
            "parameter_mappings": [
                {
                    "parameter_id": parameter_id,
                    "card_id": card_ids[placement.card_id],
                    "target": target(name),
                }
                for parameter_id, name in placement.mappings
            ],
            "series": [],
            "visualization_settings": click_settings(placement.links, dashboard_ids),
        }
        for position, placement in enumerate(dashboard.placements, start=1)
    ]


def _put_if_different(
    metabase: Metabase,
    path: str,
    wanted: dict[str, Any],
    always: dict[str, Any],
    what: str,
) -> None:
    live = metabase.get(path)
    changed = {key: wanted[key] for key in _differences(live, wanted)}
    if not changed:
        return
    if "dashcards" in changed:
        changed["tabs"] = wanted["tabs"]
    metabase.put(path, {**always, **changed})
    _check_kept(metabase.get(path), wanted, what)
    metabase.changes.append(f"updated {what}")


def _check_kept(live: dict[str, Any], wanted: dict[str, Any], what: str) -> None:
    lost = _differences(live, wanted)
    if lost:
        raise MetabaseError(
            f"{what}: the server did not keep {', '.join(lost)}; this version may "
            "write them differently, so the next run would write again"
        )


def _differences(live: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    return [
        key
        for key, value in wanted.items()
        if _canonical(key, live.get(key)) != _canonical(key, value)
    ]


def _canonical(key: str, value: Any) -> Any:
    """Remove what differs between equal things: order, given ids, empty or absent."""
    if key == "dashcards":
        known = ("card_id", "row", "col", "size_x", "size_y")
        rich = ("parameter_mappings", "series", "visualization_settings")
        return sorted(
            repr([*(card.get(k) for k in known), *(card.get(k) or None for k in rich)])
            for card in value or []
        )
    if key == "dataset_query":
        stages = value.get("stages") or [{}]
        return *_database_and_sql(value), stages[0].get("template-tags") or None
    return value or None


def _database_and_sql(query: dict[str, Any]) -> tuple[Any, Any]:
    """The two things a native query says, in either form the server may answer."""
    stages = query.get("stages") or [{}]
    native = stages[0].get("native") or query.get("native", {}).get("query")
    return query.get("database"), native


def _mark_of(card: dict[str, Any]) -> str | None:
    _, sql = _database_and_sql(card["dataset_query"])
    first_line = (sql or "").split("\n", 1)[0]
    return first_line[len(_MARK) :] if first_line.startswith(_MARK) else None


def _named(live: list[dict[str, Any]], card: Card) -> dict[str, Any] | None:
    found = [other for other in live if other["name"] == card.name]
    if len(found) > 1:
        raise MetabaseError(f"there are {len(found)} cards {card.name!r}; archive one")
    return found[0] if found else None
