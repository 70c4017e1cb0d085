"""Actions at the double: forms that belong to a model and write over a connection."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg

from tests.metabase.server.contract import Body, Refused, check, copied

_ENABLED = "database-enable-actions"
_TAGS_TAKE = {"text": "string/=", "number": "number/="}


class Actions:
    """``run_action`` gets the SQL, the values to bind and the connection's details."""

    cards: dict[int, Body]
    databases: dict[int, Body]
    dashboards: dict[int, Body]

    def __init__(self) -> None:
        self.actions: dict[int, Body] = {}
        self.run_action: Callable[[str, list[Any], Body], int] = lambda *_: 0

    def _new_id(self) -> int:
        raise NotImplementedError

    def may(self, collection: int, level: str) -> bool:
        raise NotImplementedError

    def may_query(self, database: int, level: str) -> bool:
        raise NotImplementedError

    def list_actions(self, query: dict[str, str]) -> list[Body]:
        return [
            self._told(key)
            for key, one in self.actions.items()
            if str(one["model_id"]) == query.get("model-id") and not one["archived"]
        ]

    def get_action(self, key: int) -> Body:
        # One that is archived is not told apart from one that never was.
        if key not in self.actions or self.actions[key]["archived"]:
            raise Refused(404, "Not found.")
        self._may_see(self.actions[key])
        return self._told(key)

    def _told(self, key: int) -> Body:
        """What it was made with, what the server adds, and the query as stages."""
        live = copied(self.actions[key])
        for field in live["visualization_settings"]["fields"].values():
            field["hidden"] = False
        query = live["dataset_query"]
        live["dataset_query"] = {
            "lib/type": "mbql/query",
            "database": query["database"],
            "stages": [
                {
                    "lib/type": "mbql.stage/native",
                    "native": query["native"]["query"],
                    "template-tags": query["native"]["template-tags"],
                }
            ],
        }
        return {"id": key, "public_uuid": None, **live}

    def post_action(self, body: Body) -> Body:
        check("POST /api/action", body)
        key = self._new_id()
        self.actions[key] = {"archived": False, "entity_id": f"{key:021d}"}
        try:
            return self._store_action(key, body)
        except (Refused, KeyError):
            del self.actions[key]
            raise

    def put_action(self, key: int, body: Body) -> Body:
        check("PUT /api/action/:id", body)
        if key not in self.actions:
            raise Refused(404, "Not found.")
        if body.get("archived"):
            # As the server does: its buttons go with it.
            for page in self.dashboards.values():
                page["dashcards"] = [
                    one for one in page["dashcards"] if one.get("action_id") != key
                ]
        return self._store_action(key, body)

    def execute_action(self, key: int, body: Body) -> Body:
        check("POST /api/action/:id/execute", body)
        action = self.actions[key]
        self._may_see(action)
        if action["archived"]:
            raise Refused(404, "Not found.")
        told = body["parameters"]
        known = {one["id"] for one in action["parameters"]}
        if set(told) - known:
            raise Refused(400, "a destination parameter that is not known")
        sql, values = _filled_in(action["dataset_query"]["native"]["query"], told)
        details = self.databases[action["database_id"]]["details"]
        try:
            return {"rows-affected": self.run_action(sql, values, details)}
        except psycopg.Error as error:
            # github.com/metabase/metabase/pull/26469: people see the database's words.
            raise Refused(500, f"Error executing Action: {error}") from error

    def press_button(self, page: int, place: int, body: Body) -> Body:
        """What a browser does with the form that a button opened."""
        dashboard = self.dashboards[page]
        if not self.may(dashboard["collection_id"], "read"):
            raise Refused(403, "You don't have permissions to do that.")
        for one in dashboard["dashcards"]:
            if one["id"] == place and one.get("action_id"):
                return self.execute_action(one["action_id"], body)
        raise Refused(404, "Not found.")

    def _may_see(self, action: Body) -> None:
        if not self.may(self.cards[action["model_id"]]["collection_id"], "read"):
            raise Refused(403, "You don't have permissions to do that.")

    def _store_action(self, key: int, body: Body) -> Body:
        action = {**self.actions[key], **copied(body)}
        if action["type"] != "query":
            raise Refused(400, "unknown type of action")
        model = self.cards.get(action["model_id"])
        if model is None or model["type"] != "model":
            raise Refused(400, "an action belongs to a model")
        query = action["dataset_query"]
        if query["database"] != action["database_id"]:
            raise Refused(400, "the query is of another database")
        for database in (model["dataset_query"]["database"], action["database_id"]):
            if not self.databases[database].get("settings", {}).get(_ENABLED):
                raise Refused(400, "Actions are not enabled.")
        if not self.may_query(action["database_id"], "query-builder-and-native"):
            raise Refused(403, "You don't have permissions to do that.")
        _check_tags(query["native"], action["parameters"])
        self.actions[key] = action
        return self._told(key)


def _check_tags(native: Body, parameters: list[Body]) -> None:
    check("action native", native)
    tags = native["template-tags"]
    if set(re.findall(r"\{\{(\w+)\}\}", native["query"])) != set(tags):
        raise Refused(400, "template-tags are not those of the SQL")
    for name, tag in tags.items():
        check("template_tag", tag)
        if tag["name"] != name:
            raise Refused(400, "a template-tag is named after its key")
    for parameter in parameters:
        check("parameter", parameter)
        kind, (_, name) = parameter["target"]
        if kind != "variable" or parameter["type"] != _TAGS_TAKE[tags[name]["type"]]:
            raise Refused(400, "a parameter goes to a tag that takes its type")


def _filled_in(sql: str, told: Body) -> tuple[str, list[Any]]:
    """The SQL with places for what was told, without the optional rest."""
    values: list[Any] = []

    def bind(tag: re.Match[str]) -> str:
        if tag[1] not in told:
            raise Refused(400, f"{tag[1]} is required")
        values.append(told[tag[1]])
        return "%s"

    def keep(block: re.Match[str]) -> str:
        return (
            block[1] if set(re.findall(r"\{\{(\w+)\}\}", block[1])) <= set(told) else ""
        )

    whole = re.sub(r"\[\[(.*?)\]\]", keep, sql.replace("%", "%%"), flags=re.DOTALL)
    return re.sub(r"\{\{(\w+)\}\}", bind, whole), values
