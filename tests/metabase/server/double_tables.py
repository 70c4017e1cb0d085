"""Tables of the connections at the double, read from the database behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.metabase.server.contract import Body, Refused, check

Views = dict[str, list[str]]


class Tables:
    """``read_views`` gives the columns of each view, by the details of a connection."""

    databases: dict[int, Body]

    def __init__(self) -> None:
        self.tables: dict[int, Body] = {}
        self.fields: dict[int, Body] = {}
        self.read_views: Callable[[Body], Views] = lambda details: {}

    def _new_id(self) -> int:
        raise NotImplementedError

    def only_admins(self) -> None:
        raise NotImplementedError

    def sync_schema(self, key: int, _: Body) -> Body:
        """Find new tables; as the real one, only by the time somebody asks later."""
        self.only_admins()
        self.databases[key]["is_to_sync"] = True
        return {"status": "ok"}

    def metadata(self, key: int, query: dict[str, str]) -> Body:
        if query.get("include_hidden") != "true":
            raise Refused(400, "hidden tables are left out, so they look deleted")
        tables = [self._whole(one) for one in self._tables_of(key)]
        if self.databases[key].pop("is_to_sync", False):
            self._find_views(key)
        return {"id": key, "engine": "postgres", "tables": tables}

    def _find_views(self, key: int) -> None:
        known = {self.tables[one]["name"] for one in self._tables_of(key)}
        for view, columns in self.read_views(self.databases[key]["details"]).items():
            if view in known:
                continue
            table = self._new_id()
            self.tables[table] = {**_new(view), "schema": "reporting", "db_id": key}
            for column in columns:
                self.fields[self._new_id()] = {
                    **_new(column),
                    "table_id": table,
                    "visibility_type": "normal",
                    "fk_target_field_id": None,
                    "semantic_type": None,
                    "settings": None,
                }

    def _tables_of(self, key: int) -> list[int]:
        return [table for table, one in self.tables.items() if one["db_id"] == key]

    def _whole(self, key: int) -> Body:
        fields = [
            {"id": one, **field}
            for one, field in self.fields.items()
            if field["table_id"] == key
        ]
        return {"id": key, **self.tables[key], "fields": fields}

    def put_table(self, key: int, body: Body) -> Body:
        return self._put("PUT /api/table/:id", self.tables, key, body)

    def put_field(self, key: int, body: Body) -> Body:
        return self._put("PUT /api/field/:id", self.fields, key, body)

    def _put(self, what: str, things: dict[int, Body], key: int, body: Body) -> Body:
        self.only_admins()
        check(what, body)
        if body.get("description") == "":
            raise Refused(400, "description: value must be a non-blank string.")
        if key not in things:
            raise Refused(404, "Not found.")
        things[key].update(body)
        return {"id": key, **things[key]}


def _new(name: str) -> dict[str, Any]:
    words = name.replace("_", " ")
    return {
        "name": name,
        # As the server makes names of its own.
        "display_name": words.title(),
        "description": None,
        "points_of_interest": None,
        "caveats": None,
        "visibility_type": None,
    }
