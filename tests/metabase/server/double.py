"""A stand-in for a Metabase server: stricter than the real one.

It knows only the requests the provisioner makes. Where a real server drops an
unknown key in silence, this one refuses it, so a typo fails a test. It keeps its
own ids, answers in another order than it was told, opens new things to everyone
and leaves the lowest permission out of its answers, as the real one does.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.metabase.server.contract import DISPLAYS, Body, Refused, check, copied
from tests.metabase.server.double_actions import Actions
from tests.metabase.server.double_browsing import Browsing, answered, whole_card
from tests.metabase.server.double_delivery import Delivery
from tests.metabase.server.double_pages import Pages
from tests.metabase.server.double_people import ADMINISTRATORS, ALL_USERS, People
from tests.metabase.server.double_tables import Tables

MASK = "**MetabasePass**"
TRASH = 3
_OPEN = ("/api/health", "/api/session/properties", "/api/setup", "/api/session")
_TAGS_TAKE = {"text": "string/=", "number": "number/="}


class Died(Exception):
    """The connection is cut after the work was done, so nobody hears of it."""


class FakeMetabase(People, Delivery, Actions, Pages, Tables, Browsing):
    """State of one server; ``writes`` lists what was asked of it, sign-ins apart."""

    def __init__(self, can_connect: Callable[[Body], bool] = lambda details: True):
        People.__init__(self)
        Delivery.__init__(self)
        Actions.__init__(self)
        Tables.__init__(self)
        Browsing.__init__(self)
        self.version = "v0.63.15"
        self.dies_after_writes: int | None = None
        self.chosen: list[Body] = []
        self.unknown_displays: list[str] = []
        self.run_card: Callable[[Body, Body], list[Any]] = lambda card, details: []
        self.can_connect = can_connect
        self.unhealthy_answers = 0
        self.lost_card_keys: set[str] = set()
        self.writes: list[tuple[str, str, Body]] = []
        self.reads: list[str] = []
        self.setup_token: str | None = str(uuid.uuid4())
        self.databases: dict[int, Body] = {}
        self.collections: dict[int, Body] = {}
        self.cards: dict[int, Body] = {}
        self.dashboards: dict[int, Body] = {}
        self.groups: dict[int, Body] = {
            ALL_USERS: {"name": "All Users", "magic_group_type": "all-internal-users"},
            ADMINISTRATORS: {"name": "Administrators", "magic_group_type": "admin"},
        }
        self.revisions = {"permissions": 1, "collection": 1}
        self._last_id = 100

    def kept(self) -> dict[str, Any]:
        """Everything it holds, to be taken up by another."""
        return dict(copied(vars(self)))

    def take_up(self, kept: dict[str, Any]) -> None:
        """Hold a copy of what another one held."""
        vars(self).update(copied(kept))

    def answer(self, method: str, url: str, body: Body, who: dict[str, Any]) -> Any:
        """Route one request; raises Refused for anything but a success."""
        parts = urlsplit(url)
        path, query = parts.path, dict(parse_qsl(parts.query))
        if method == "GET":
            self.reads.append(path)
        elif path != "/api/session":
            self.writes.append((method, path, copied(body)))
        if path not in _OPEN and not path.startswith("/api/embed/"):
            self._recognise(who)
        for pattern, handler in _HANDLERS.get(method, ()):
            match = pattern.fullmatch(path)
            if match:
                parts_of_path: list[Any] = [
                    int(part) if part.isdigit() else part for part in match.groups()
                ]
                if handler in _READS_QUERY:
                    parts_of_path.append(query)
                arguments = parts_of_path if method == "GET" else [*parts_of_path, body]
                answer = handler(self, *arguments)
                self._maybe_die(method, path)
                return answer
        raise Refused(404, f"no such endpoint: {method} {path}")

    def _recognise(self, who: dict[str, Any]) -> None:
        if who.get("x-api-key") in self.api_keys:
            self.acting = 0
        elif who.get("x-metabase-session") in self.sessions:
            self.acting = self.sessions[who["x-metabase-session"]]
        else:
            raise Refused(401, "Unauthenticated")

    def _maybe_die(self, method: str, path: str) -> None:
        if method == "GET" or path == "/api/session" or self.dies_after_writes is None:
            return
        self.dies_after_writes -= 1
        if self.dies_after_writes < 0:
            self.dies_after_writes = None
            raise Died

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def health(self) -> Body:
        if self.unhealthy_answers:
            self.unhealthy_answers -= 1
            raise Refused(503, "initializing")
        return {"status": "ok"}

    def properties(self) -> Body:
        return {
            "setup-token": self.setup_token,
            "has-user-setup": self.admin is not None,
            "version": {"tag": self.version},
            **self.settings,
        }

    def setup(self, body: Body) -> Body:
        check("POST /api/setup", body)
        check("POST /api/setup user", body["user"])
        check("POST /api/setup prefs", body["prefs"])
        if self.admin is not None:
            raise Refused(403, "The /api/setup route can only be used once.")
        if body["token"] != self.setup_token:
            raise Refused(400, "Token does not match the setup token.")
        self.admin = (body["user"]["email"], body["user"]["password"])
        self.setup_token = None
        return self._session(0)

    def sign_in(self, body: Body) -> Body:
        check("POST /api/session", body)
        return self._session(self.identify(body["username"], body["password"]))

    def _session(self, user: int) -> Body:
        session = str(uuid.uuid4())
        self.sessions[session] = user
        return {"id": session}

    def list_databases(self) -> Body:
        rows = [self.get_database(key) for key in self.databases]
        return {"data": rows, "total": len(rows)}

    def get_database(self, key: int) -> Body:
        if key not in self.databases:
            raise Refused(404, "Not found.")
        live = self.databases[key]
        # Its tables are read in the background, and nobody says when that is done.
        live["reads_left"] = max(0, live.get("reads_left", 2) - 1)
        database = copied(live)
        database["details"]["password"] = MASK
        left = database.pop("reads_left")
        status = "incomplete" if left else "complete"
        return {"id": key, "initial_sync_status": status, **database}

    def post_database(self, body: Body) -> Body:
        self.only_admins()
        check("POST /api/database", body)
        self._test(body["details"])
        key = self._new_id()
        self.databases[key] = {"is_full_sync": True, "is_on_demand": False, **body}
        for group in self.groups:
            self.levels[group, key] = "query-builder-and-native"
        return self.get_database(key)

    def put_database(self, key: int, body: Body) -> Body:
        self.only_admins()
        check("PUT /api/database/:id", body)
        live = self.databases[key]
        details = {**live["details"], **body.get("details", {})}
        if details["password"] == MASK:
            details["password"] = live["details"]["password"]
        self._test(details)
        settings = {**live.get("settings", {}), **body.get("settings", {})}
        live.update({"is_on_demand": False, **body, "details": details})
        live["settings"] = settings
        return self.get_database(key)

    def _test(self, details: Body) -> None:
        if not self.can_connect(details):
            raise Refused(400, "Looks like the username or password is incorrect")

    def list_collections(self) -> list[Body]:
        root: Body = {"id": "root", "name": "Our analytics"}
        live: list[Body] = [
            {"id": key, **one}
            for key, one in self.collections.items()
            if not one["archived"] and self.may(key, "read")
        ]
        return [root, *live]

    def get_collection(self, key: int) -> Body:
        if key not in self.collections:
            raise Refused(404, "Not found.")
        if not self.may(key, "read"):
            raise Refused(403, "You don't have permissions to do that.")
        return {"id": key, **self.collections[key]}

    def post_collection(self, body: Body) -> Body:
        self.only_admins()
        check("POST /api/collection", body)
        key = self._new_id()
        parent = body.get("parent_id")
        within = f"{self.collections[parent]['location']}{parent}/" if parent else "/"
        self.collections[key] = {
            "description": None,
            "archived": False,
            "entity_id": uuid.uuid4().hex[:21],
            "name": body["name"],
            **{one: body[one] for one in ("description",) if one in body},
            "location": within,
        }
        # A new collection takes over who may see the one around it.
        above = str(parent or "root")
        for group in self.groups:
            level = self.access.get((group, above))
            if level:
                self.access[group, str(key)] = level
        self.revisions["collection"] += 1
        return self.get_collection(key)

    def put_collection(self, key: int, body: Body) -> Body:
        self.only_admins()
        check("PUT /api/collection/:id", body)
        if body.get("description") == "":
            raise Refused(400, "description: value must be a non-blank string.")
        was_archived = self.collections[key]["archived"]
        self.collections[key].update({"archived": False, **body})
        self.collections[key].pop("parent_id", None)
        is_archived = self.collections[key]["archived"]
        if is_archived != was_archived:
            self._take_along(key, is_archived=is_archived)
        return self.get_collection(key)

    def _take_along(self, key: int, *, is_archived: bool) -> None:
        """What lies in a collection goes to the bin, and comes back, with it."""
        within = f"{self.collections[key]['location']}{key}/"
        inside = {
            one
            for one, other in self.collections.items()
            if other["location"].startswith(within)
        }
        lying = [
            one
            for things in (self.cards, self.dashboards)
            for one in things.values()
            if one["collection_id"] in {key, *inside}
        ]
        for one in (*(self.collections[other] for other in inside), *lying):
            if not one.get("archived_directly"):
                one["archived"] = is_archived
        for page_id in self.dashboards:
            self.follow_page(page_id)

    def list_items(self, key: int) -> Body:
        self.get_collection(key)
        rows = [
            {
                "id": item,
                "name": one["name"],
                "model": model,
                "archived": False,
                "collection_id": key,
                "entity_id": one["entity_id"],
                "last-edit-info": self.last_edit(model, item, one),
            }
            for model, things in (("card", self.cards), ("dashboard", self.dashboards))
            for item, one in things.items()
            if one["collection_id"] == key and not one["archived"]
        ]
        return {"data": rows[::-1], "total": len(rows) or None}

    def list_groups(self) -> list[Body]:
        return [{"id": key, **one} for key, one in self.groups.items()]

    def get_group(self, key: int) -> Body:
        if key not in self.groups:
            raise Refused(404, "Not found.")
        return {"id": key, "members": [], **self.groups[key]}

    def put_group(self, key: int, body: Body) -> Body:
        self.only_admins()
        check("PUT /api/permissions/group/:id", body)
        self.groups[key]["name"] = body["name"]
        return self.get_group(key)

    def post_group(self, body: Body) -> Body:
        self.only_admins()
        check("POST /api/permissions/group", body)
        if body["name"] in {one["name"] for one in self.groups.values()}:
            raise Refused(400, "A group with that name already exists.")
        key = self._new_id()
        self.groups[key] = {"name": body["name"], "magic_group_type": None}
        return {"id": key, **self.groups[key]}

    def get_permissions(self) -> Body:
        groups: dict[str, Body] = {}
        for (group, database), level in self.levels.items():
            entry: Body = {"view-data": "unrestricted"}
            if level != "no":
                entry["create-queries"] = level
            groups.setdefault(str(group), {})[str(database)] = entry
        return {"revision": self.revisions["permissions"], "groups": groups}

    def put_permissions(self, body: Body) -> Body:
        self.only_admins()
        check("PUT /api/permissions/graph", body)
        self._same_revision("permissions", body)
        for group, databases in body["groups"].items():
            if int(group) == ADMINISTRATORS:
                raise Refused(400, "Administrators cannot be changed")
            for database, levels in databases.items():
                check("PUT /api/permissions/graph level", levels)
                if levels["view-data"] != "unrestricted":
                    raise Refused(402, "needs a paid plan")
                if levels["create-queries"] not in (
                    "no",
                    "query-builder",
                    "query-builder-and-native",
                ):
                    raise Refused(400, "unknown level")
                self.levels[int(group), int(database)] = levels["create-queries"]
        return self.get_permissions()

    def get_access(self) -> Body:
        groups: dict[str, Body] = {str(group): {} for group in self.groups}
        for (group, collection), level in self.access.items():
            groups[str(group)][collection] = level
        return {"revision": self.revisions["collection"], "groups": groups}

    def put_access(self, body: Body) -> Body:
        self.only_admins()
        check("PUT /api/collection/graph", body)
        self._same_revision("collection", body)
        for group, collections in body["groups"].items():
            if int(group) == ADMINISTRATORS:
                raise Refused(400, "Administrators cannot be changed")
            for collection, level in collections.items():
                if level not in ("read", "write", "none"):
                    raise Refused(400, f"unknown level {level}")
                self.access[int(group), collection] = level
                if level == "none":
                    del self.access[int(group), collection]
                elif collection != "root" and int(collection) not in self.collections:
                    raise Refused(404, f"no collection {collection}")
        return self.get_access()

    def _same_revision(self, graph: str, body: Body) -> None:
        if body["revision"] != self.revisions[graph]:
            raise Refused(409, "Looks like someone else edited the permissions")
        self.revisions[graph] += 1

    def get_card(self, key: int) -> Body:
        last = self.last_edit("card", key, self.cards[key]) if key in self.cards else {}
        return {**whole_card(key, self._shown(self.cards, key)), "last-edit-info": last}

    def _shown(self, things: dict[int, Body], key: int) -> Body:
        if key not in things:
            raise Refused(404, "Not found.")
        if not self.may(things[key]["collection_id"], "read"):
            raise Refused(403, "You don't have permissions to do that.")
        one: Body = copied(things[key])
        if one["archived"] and one.get("archived_directly", True):
            one["collection_id"] = TRASH
        return one

    def pages_of_card(self, key: int) -> list[Body]:
        return [
            {"id": page, "name": one["name"]}
            for page, one in self.dashboards.items()
            if not one["archived"]
            and any(placed["card_id"] == key for placed in one["dashcards"])
        ]

    def query_card(self, key: int, body: Body) -> Body:
        check("POST /api/card/:id/query", body)
        if not isinstance(body.get("parameters", []), list):
            raise Refused(400, "parameters: value must be an array.")
        card = self.get_card(key)
        database = self.databases[card["dataset_query"]["database"]]
        try:
            rows = self.run_card(card, database["details"])
        except Exception as error:
            return {"status": "failed", "error": str(error)}
        return answered(rows)

    def query_dashcard(self, page: int, place: int, key: int, body: Body) -> Body:
        """Ask a card where it stands; what is chosen has to be mapped to it there."""
        check("POST /api/card/:id/query", body)
        placed = next(
            (
                one
                for one in self.get_dashboard(page)["dashcards"]
                if one["id"] == place
            ),
            None,
        )
        if placed is None or placed["card_id"] != key:
            raise Refused(404, "Not found.")
        mapped = {
            one["parameter_id"]: one["target"] for one in placed["parameter_mappings"]
        }
        for chosen in body["parameters"]:
            if mapped.get(chosen["id"]) != chosen["target"]:
                raise Refused(400, "the parameter is not mapped to the card")
        self.chosen = body["parameters"]
        try:
            return self.query_card(key, {"parameters": []})
        finally:
            self.chosen = []

    def query_by_hand(self, body: Body) -> Body:
        check("POST /api/dataset", body)
        if not self.may_query(body["database"], "query-builder-and-native"):
            raise Refused(403, "You do not have permissions to run this query.")
        return answered([(1,)])

    def post_card(self, body: Body) -> Body:
        check("POST /api/card", body)
        self._may_make(body)
        key = self._new_id()
        self.cards[key] = {
            "archived": False,
            "parameters": [],
            "entity_id": uuid.uuid4().hex[:21],
        }
        return self._store_card(key, body)

    def _may_make(self, body: Body) -> None:
        if not self.may(body.get("collection_id", 0), "write"):
            raise Refused(403, "You cannot save to that collection.")
        database = body["dataset_query"]["database"]
        if not self.may_query(database, "query-builder-and-native"):
            raise Refused(403, "You cannot save this Question: no SQL for you.")

    def put_card(self, key: int, body: Body) -> Body:
        check("PUT /api/card/:id", body)
        if not self.may(self.cards[key]["collection_id"], "write"):
            raise Refused(403, "You don't have permissions to do that.")
        return self._store_card(key, body)

    def _store_card(self, key: int, body: Body) -> Body:
        kept = {
            name: copied(value)
            for name, value in body.items()
            if name not in self.lost_card_keys
        }
        if kept.get("display", "table") not in DISPLAYS:
            self.unknown_displays.append(kept["display"])
        for parameter in kept.get("parameters", []):
            check("parameter", parameter)
        if "dataset_query" in kept:
            query = kept["dataset_query"]
            check("dataset_query", query)
            for stage in query["stages"]:
                check("stage", stage)
                stage.setdefault("template-tags", {})
                stage["lib/uuid"] = str(uuid.uuid4())
                self._same_tags(stage, kept.get("parameters", []))
            if query["database"] not in self.databases:
                raise Refused(404, "no such database")
        if "archived" in kept:
            kept["archived_directly"] = kept["archived"]
        self.cards[key].update(kept)
        return self.get_card(key)

    def _same_tags(self, stage: Body, parameters: list[Body]) -> None:
        written = set(re.findall(r"\{\{(\w+)\}\}", stage["native"]))
        if written != set(stage["template-tags"]):
            raise Refused(400, "template-tags are not those of the SQL")
        for name, tag in stage["template-tags"].items():
            check("template_tag", tag)
            if tag["name"] != name:
                raise Refused(400, "a template-tag is named after its key")
            if tag["type"] not in _TAGS_TAKE:
                raise Refused(400, f"unknown template-tag type {tag['type']}")
        for parameter in parameters:
            tag = stage["template-tags"].get(parameter["target"][1][1])
            if tag is None or parameter["type"] != _TAGS_TAKE[tag["type"]]:
                raise Refused(400, "a parameter goes to a tag that takes its type")


_READS_QUERY = (People.list_users, Actions.list_actions, Tables.metadata)
_ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", "/api/health", FakeMetabase.health),
    ("GET", "/api/session/properties", FakeMetabase.properties),
    ("POST", "/api/setup", FakeMetabase.setup),
    ("POST", "/api/session", FakeMetabase.sign_in),
    ("GET", "/api/database", FakeMetabase.list_databases),
    ("GET", r"/api/database/(\d+)", FakeMetabase.get_database),
    ("GET", r"/api/database/(\d+)/schemas", FakeMetabase.list_schemas),
    ("POST", "/api/database", FakeMetabase.post_database),
    ("POST", r"/api/database/(\d+)/sync_schema", FakeMetabase.sync_schema),
    ("GET", r"/api/database/(\d+)/metadata", Tables.metadata),
    ("PUT", r"/api/table/(\d+)", FakeMetabase.put_table),
    ("PUT", r"/api/field/(\d+)", FakeMetabase.put_field),
    ("PUT", r"/api/database/(\d+)", FakeMetabase.put_database),
    ("GET", "/api/collection", FakeMetabase.list_collections),
    ("GET", "/api/collection/tree", FakeMetabase.collection_tree),
    ("GET", r"/api/collection/(\d+)", FakeMetabase.get_collection),
    ("GET", r"/api/collection/(\d+)/items", FakeMetabase.list_items),
    ("POST", "/api/collection", FakeMetabase.post_collection),
    ("PUT", r"/api/collection/(\d+)", FakeMetabase.put_collection),
    ("GET", "/api/collection/graph", FakeMetabase.get_access),
    ("PUT", "/api/collection/graph", FakeMetabase.put_access),
    ("GET", "/api/permissions/group", FakeMetabase.list_groups),
    ("POST", "/api/permissions/group", FakeMetabase.post_group),
    ("GET", "/api/permissions/graph", FakeMetabase.get_permissions),
    ("PUT", "/api/permissions/graph", FakeMetabase.put_permissions),
    ("GET", r"/api/permissions/group/(\d+)", FakeMetabase.get_group),
    ("PUT", r"/api/permissions/group/(\d+)", FakeMetabase.put_group),
    ("GET", r"/api/card/(\d+)/dashboards", FakeMetabase.pages_of_card),
    ("POST", r"/api/card/(\d+)/query", FakeMetabase.query_card),
    (
        "POST",
        r"/api/dashboard/(\d+)/dashcard/(\d+)/card/(\d+)/query",
        FakeMetabase.query_dashcard,
    ),
    ("POST", "/api/dataset", FakeMetabase.query_by_hand),
    ("GET", "/api/action", Actions.list_actions),
    ("POST", "/api/action", FakeMetabase.post_action),
    ("GET", r"/api/action/(\d+)", FakeMetabase.get_action),
    ("PUT", r"/api/action/(\d+)", FakeMetabase.put_action),
    ("POST", r"/api/action/(\d+)/execute", FakeMetabase.execute_action),
    (
        "POST",
        r"/api/dashboard/(\d+)/dashcard/(\d+)/execute",
        FakeMetabase.press_button,
    ),
    ("GET", "/api/pulse", FakeMetabase.list_pulses),
    ("POST", "/api/pulse", FakeMetabase.post_pulse),
    ("GET", r"/api/pulse/(\d+)", FakeMetabase.get_pulse),
    ("PUT", r"/api/pulse/(\d+)", FakeMetabase.put_pulse),
    ("PUT", r"/api/setting/([\w-]+)", FakeMetabase.put_setting),
    ("GET", r"/api/embed/dashboard/([\w.-]+)", FakeMetabase.embedded),
    ("GET", "/api/user/current", FakeMetabase.current_user),
    ("GET", "/api/user", People.list_users),
    ("POST", "/api/user", FakeMetabase.post_user),
    ("PUT", r"/api/user/(\d+)", FakeMetabase.put_user),
    ("PUT", r"/api/user/(\d+)/password", FakeMetabase.put_password),
    ("PUT", r"/api/user/(\d+)/reactivate", FakeMetabase.reactivate),
    ("DELETE", r"/api/user/(\d+)", FakeMetabase.deactivate),
    ("GET", r"/api/card/(\d+)", FakeMetabase.get_card),
    ("GET", "/api/card", FakeMetabase.list_cards),
    ("POST", "/api/card", FakeMetabase.post_card),
    ("PUT", r"/api/card/(\d+)", FakeMetabase.put_card),
    ("GET", r"/api/dashboard/(\d+)", FakeMetabase.get_dashboard),
    ("GET", "/api/dashboard", FakeMetabase.list_dashboards),
    ("POST", "/api/dashboard", FakeMetabase.post_dashboard),
    ("PUT", r"/api/dashboard/(\d+)", FakeMetabase.put_dashboard),
]


_HANDLERS = {
    method: [
        (re.compile(pattern), handler)
        for verb, pattern, handler in _ROUTES
        if verb == method
    ]
    for method in ("GET", "POST", "PUT", "DELETE")
}
