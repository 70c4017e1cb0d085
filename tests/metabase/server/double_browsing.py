"""What the double tells whoever looks around, in the words of a whole answer.

The keys are those without which Metabase's own client refuses an answer. The
provisioner reads few of them; they are here so that others can read the double.
"""

from __future__ import annotations

import json

from tests.metabase.server.contract import Body, Refused

TOLD_OF_A_DASHCARD = (
    *("dashboard_id", "entity_id", "card", "collection_authority_level"),
    *("created_at", "updated_at"),
)
"""Keys of an answer about a dashcard that nobody may set."""

_CREATOR = 1


class Browsing:
    """Lists, and the answers of single things with every key of the real ones."""

    cards: dict[int, Body]
    dashboards: dict[int, Body]
    collections: dict[int, Body]
    databases: dict[int, Body]

    def may(self, collection: int, level: str) -> bool:
        raise NotImplementedError

    def __init__(self) -> None:
        self._edits: dict[tuple[str, int], tuple[str, int]] = {}

    def last_edit(self, model: str, key: int, one: Body) -> Body:
        """When it was last changed, by whatever means: a time for each new content."""
        content = json.dumps(one, sort_keys=True, default=str)
        before, times = self._edits.get((model, key), ("", 0))
        if content != before:
            times += 1
            self._edits[model, key] = (content, times)
        return {"timestamp": f"2026-11-25T06:{times // 60:02}:{times % 60:02}.334898Z"}

    def list_cards(self) -> list[Body]:
        return [whole_card(key, self.cards[key]) for key in self._live(self.cards)]

    def list_dashboards(self) -> list[Body]:
        """Without their cards, as the real server."""
        return [
            {
                name: value
                for name, value in whole_dashboard(key, self.dashboards[key]).items()
                if name not in ("dashcards", "tabs")
            }
            for key in self._live(self.dashboards)
        ]

    def _live(self, things: dict[int, Body]) -> list[int]:
        return [
            key
            for key, one in things.items()
            if not one["archived"] and self.may(one["collection_id"], "read")
        ]

    def collection_tree(self) -> list[Body]:
        return self._below("/")

    def _below(self, location: str) -> list[Body]:
        return [
            {"id": key, **one, "children": self._below(f"{location}{key}/")}
            for key, one in self.collections.items()
            if one["location"] == location
            and not one["archived"]
            and self.may(key, "read")
        ]

    def list_schemas(self, key: int) -> list[str]:
        if key not in self.databases:
            raise Refused(404, "Not found.")
        pattern: str = self.databases[key]["details"]["schema-filters-patterns"]
        return pattern.split(",")


def whole_card(key: int, card: Body) -> Body:
    """The answer about one card."""
    return {
        "id": key,
        "type": "question",
        "description": None,
        "query_type": "native",
        "database_id": card["dataset_query"]["database"],
        "table_id": None,
        "dashboard_id": None,
        "creator_id": _CREATOR,
        "cache_ttl": None,
        **card,
    }


def whole_dashboard(key: int, dashboard: Body) -> Body:
    """The answer about one dashboard; its tabs in their order."""
    return {
        "id": key,
        "creator_id": _CREATOR,
        "public_uuid": None,
        "cache_ttl": None,
        **dashboard,
        "dashcards": [
            {
                "dashboard_id": key,
                "dashboard_tab_id": None,
                "entity_id": f"dashcard{one['id']:013d}",
                "inline_parameters": [],
                **one,
            }
            for one in dashboard["dashcards"]
        ],
        "tabs": [
            {"dashboard_id": key, "position": position, **one}
            for position, one in enumerate(dashboard["tabs"])
        ],
    }


def answered(rows: list[tuple[object, ...]]) -> Body:
    """The answer of a query that went well; its columns are called by position."""
    width = len(rows[0]) if rows else 0
    return {
        "status": "completed",
        "row_count": len(rows),
        "data": {
            "rows": rows,
            "cols": [{"name": f"column_{at}"} for at in range(1, width + 1)],
        },
    }
