"""A stand-in for a Metabase server: real HTTP, and stricter than the real one.

It knows only the requests the provisioner makes. Where a real server drops an
unknown key in silence, this one refuses it, so a typo fails a test. It keeps its
own ids, answers in another order than it was told, opens new things to everyone
and leaves the lowest permission out of its answers, as the real one does.
"""

from __future__ import annotations

import copy
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MASK = "**MetabasePass**"
_TAGS_TAKE = {"text": "string/=", "number": "number/="}
ALL_USERS, ADMINISTRATORS = 1, 2
Body = dict[str, Any]


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def _keys(body: Body, required: str, optional: str = "") -> None:
    missing = set(required.split()) - set(body)
    unknown = set(body) - set(required.split()) - set(optional.split())
    if missing or unknown:
        raise Refused(400, f"missing {sorted(missing)}, unknown {sorted(unknown)}")


class FakeMetabase:
    """State of one server; ``writes`` lists what was asked of it, sign-ins apart."""

    def __init__(self, can_connect: Callable[[Body], bool] = lambda details: True):
        self.can_connect = can_connect
        self.unhealthy_answers = 0
        self.lost_card_keys: set[str] = set()
        self.writes: list[tuple[str, str, Body]] = []
        self.admin: tuple[str, str] | None = None
        self.setup_token: str | None = str(uuid.uuid4())
        self.sessions: set[str] = set()
        self.databases: dict[int, Body] = {}
        self.collections: dict[int, Body] = {}
        self.cards: dict[int, Body] = {}
        self.dashboards: dict[int, Body] = {}
        self.groups: dict[int, Body] = {
            ALL_USERS: {"name": "All Users", "magic_group_type": "all-internal-users"},
            ADMINISTRATORS: {"name": "Administrators", "magic_group_type": "admin"},
        }
        self.levels: dict[tuple[int, int], str] = {}
        self.access: dict[tuple[int, str], str] = {(ALL_USERS, "root"): "write"}
        self.revisions = {"permissions": 1, "collection": 1}
        self._last_id = 100

    def answer(self, method: str, path: str, body: Body, session: str | None) -> Any:
        """Route one request; raises Refused for anything but a success."""
        if method != "GET" and path != "/api/session":
            self.writes.append((method, path, copy.deepcopy(body)))
        if path in ("/api/health", "/api/session/properties", "/api/setup"):
            pass
        elif path != "/api/session" and session not in self.sessions:
            raise Refused(401, "Unauthenticated")
        for verb, pattern, handler in _ROUTES:
            match = re.fullmatch(pattern, path)
            if verb == method and match:
                number: list[Any] = [int(part) for part in match.groups()]
                arguments = number if method == "GET" else [*number, body]
                return handler(self, *arguments)
        raise Refused(404, f"no such endpoint: {method} {path}")

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
            "version": {"tag": "v0.63.15"},
        }

    def setup(self, body: Body) -> Body:
        _keys(body, "token user prefs")
        _keys(body["user"], "email password", "first_name last_name")
        _keys(body["prefs"], "site_name", "site_locale")
        if self.admin is not None:
            raise Refused(403, "The /api/setup route can only be used once.")
        if body["token"] != self.setup_token:
            raise Refused(400, "Token does not match the setup token.")
        self.admin = (body["user"]["email"], body["user"]["password"])
        self.setup_token = None
        return self._session()

    def sign_in(self, body: Body) -> Body:
        _keys(body, "username password")
        if (body["username"], body["password"]) != self.admin:
            raise Refused(401, "did not match stored password")
        return self._session()

    def _session(self) -> Body:
        session = str(uuid.uuid4())
        self.sessions.add(session)
        return {"id": session}

    def list_databases(self) -> Body:
        rows = [self.get_database(key) for key in self.databases]
        return {"data": rows, "total": len(rows)}

    def get_database(self, key: int) -> Body:
        database = copy.deepcopy(self.databases[key])
        database["details"]["password"] = MASK
        return {"id": key, **database}

    def post_database(self, body: Body) -> Body:
        _keys(
            body,
            "name engine details",
            "is_full_sync is_on_demand schedules auto_run_queries",
        )
        self._test(body["details"])
        key = self._new_id()
        self.databases[key] = {"is_full_sync": True, "is_on_demand": False, **body}
        for group in self.groups:
            self.levels[group, key] = "query-builder-and-native"
        return self.get_database(key)

    def put_database(self, key: int, body: Body) -> Body:
        _keys(
            body,
            "",
            "name engine details schedules is_full_sync is_on_demand description"
            " auto_run_queries settings",
        )
        live = self.databases[key]
        details = {**live["details"], **body.get("details", {})}
        if details["password"] == MASK:
            details["password"] = live["details"]["password"]
        self._test(details)
        live.update({"is_on_demand": False, **body, "details": details})
        return self.get_database(key)

    def _test(self, details: Body) -> None:
        if not self.can_connect(details):
            raise Refused(400, "Looks like the username or password is incorrect")

    def list_collections(self) -> list[Body]:
        root: Body = {"id": "root", "name": "Our analytics"}
        live: list[Body] = [
            {"id": key, **one}
            for key, one in self.collections.items()
            if not one["archived"]
        ]
        return [root, *live]

    def get_collection(self, key: int) -> Body:
        return {"id": key, **self.collections[key]}

    def post_collection(self, body: Body) -> Body:
        _keys(body, "name", "description parent_id")
        key = self._new_id()
        self.collections[key] = {
            "description": None,
            "location": "/",
            "archived": False,
            **body,
        }
        # A new collection takes over who may see the root.
        for group in self.groups:
            level = self.access.get((group, "root"))
            if level:
                self.access[group, str(key)] = level
        self.revisions["collection"] += 1
        return self.get_collection(key)

    def put_collection(self, key: int, body: Body) -> Body:
        _keys(body, "", "name description archived parent_id")
        if body.get("description") == "":
            raise Refused(400, "description: value must be a non-blank string.")
        self.collections[key].update({"archived": False, **body})
        return self.get_collection(key)

    def list_items(self, key: int) -> Body:
        rows = [
            {"id": item, "name": one["name"], "model": model}
            for model, things in (("card", self.cards), ("dashboard", self.dashboards))
            for item, one in things.items()
            if one["collection_id"] == key and not one["archived"]
        ]
        return {"data": rows[::-1], "total": len(rows)}

    def list_groups(self) -> list[Body]:
        return [{"id": key, **one} for key, one in self.groups.items()]

    def post_group(self, body: Body) -> Body:
        _keys(body, "name")
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
        _keys(body, "groups revision")
        self._same_revision("permissions", body)
        for group, databases in body["groups"].items():
            if int(group) == ADMINISTRATORS:
                raise Refused(400, "Administrators cannot be changed")
            for database, levels in databases.items():
                _keys(levels, "view-data create-queries")
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
        _keys(body, "groups revision")
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
        return self.get_access()

    def _same_revision(self, graph: str, body: Body) -> None:
        if body["revision"] != self.revisions[graph]:
            raise Refused(409, "Looks like someone else edited the permissions")
        self.revisions[graph] += 1

    def get_card(self, key: int) -> Body:
        return {"id": key, **copy.deepcopy(self.cards[key])}

    def post_card(self, body: Body) -> Body:
        _keys(
            body,
            "name dataset_query display visualization_settings",
            "type description parameters collection_id",
        )
        key = self._new_id()
        self.cards[key] = {
            "archived": False,
            "parameters": [],
            "entity_id": uuid.uuid4().hex[:21],
        }
        return self._store_card(key, body)

    def put_card(self, key: int, body: Body) -> Body:
        _keys(
            body,
            "",
            "name dataset_query display visualization_settings type description"
            " parameters collection_id archived",
        )
        return self._store_card(key, body)

    def _store_card(self, key: int, body: Body) -> Body:
        kept = {
            name: copy.deepcopy(value)
            for name, value in body.items()
            if name not in self.lost_card_keys
        }
        if "dataset_query" in kept:
            query = kept["dataset_query"]
            _keys(query, "lib/type database stages")
            for stage in query["stages"]:
                _keys(stage, "lib/type native", "template-tags")
                stage.setdefault("template-tags", {})
                stage["lib/uuid"] = str(uuid.uuid4())
                self._same_tags(stage, kept.get("parameters", []))
            if query["database"] not in self.databases:
                raise Refused(404, "no such database")
        self.cards[key].update(kept)
        return self.get_card(key)

    def _same_tags(self, stage: Body, parameters: list[Body]) -> None:
        written = set(re.findall(r"\{\{(\w+)\}\}", stage["native"]))
        if written != set(stage["template-tags"]):
            raise Refused(400, "template-tags are not those of the SQL")
        for name, tag in stage["template-tags"].items():
            _keys(tag, "id name display-name type", "default required")
            if tag["name"] != name:
                raise Refused(400, "a template-tag is named after its key")
            if tag["type"] not in _TAGS_TAKE:
                raise Refused(400, f"unknown template-tag type {tag['type']}")
        for parameter in parameters:
            _keys(parameter, "id type name slug target")
            tag = stage["template-tags"].get(parameter["target"][1][1])
            if tag is None or parameter["type"] != _TAGS_TAKE[tag["type"]]:
                raise Refused(400, "a parameter goes to a tag that takes its type")

    def get_dashboard(self, key: int) -> Body:
        return {"id": key, **copy.deepcopy(self.dashboards[key])}

    def post_dashboard(self, body: Body) -> Body:
        _keys(body, "name", "description parameters collection_id")
        key = self._new_id()
        self.dashboards[key] = {
            "archived": False,
            "description": None,
            "parameters": [],
            "tabs": [],
            "dashcards": [],
            "width": "fixed",
            "auto_apply_filters": True,
            **body,
        }
        return self.get_dashboard(key)

    def put_dashboard(self, key: int, body: Body) -> Body:
        _keys(
            body,
            "",
            "name description parameters width archived auto_apply_filters"
            " collection_id dashcards tabs",
        )
        kept = copy.deepcopy(body)
        for parameter in kept.get("parameters", []):
            self._check_parameter(parameter)
        if "dashcards" in kept:
            kept.setdefault("tabs", [])
            kept["dashcards"] = [self._placed(key, one) for one in kept["dashcards"]]
            ids = [one["id"] for one in kept["dashcards"]]
            if len(set(ids)) != len(ids):
                raise Refused(400, "dashcard ids must be unique")
            kept["dashcards"].reverse()
        self.dashboards[key].update(kept)
        return self.get_dashboard(key)

    def _check_parameter(self, parameter: Body) -> None:
        _keys(
            parameter,
            "id type",
            "name slug sectionId default required isMultiSelect filteringParameters"
            " values_query_type values_source_type values_source_config",
        )
        if parameter["type"].split("/")[0] != parameter["sectionId"]:
            raise Refused(400, "sectionId does not go with the type")
        if parameter.get("values_source_type") == "card":
            source = parameter["values_source_config"]
            _keys(source, "card_id value_field", "label_field")
            if source["card_id"] not in self.cards:
                raise Refused(404, "no such card to take values from")

    def _check_clicks(self, settings: Body) -> None:
        _keys(settings, "", "column_settings click_behavior")
        for style in settings.get("column_settings", {}).values():
            click = style["click_behavior"]
            _keys(click, "type linkType targetId parameterMapping")
            if type(click["targetId"]) is not int:
                raise Refused(400, "click_behavior.targetId must be an integer")
            if click["targetId"] not in self.dashboards:
                raise Refused(404, "no such dashboard to go to")
            for key, told in click["parameterMapping"].items():
                _keys(told, "id source target")
                if key != told["id"]:
                    raise Refused(400, "a mapping of a click is named after its id")

    def _placed(self, key: int, dashcard: Body) -> Body:
        _keys(
            dashcard,
            "id size_x size_y row col",
            "card_id dashboard_tab_id parameter_mappings visualization_settings"
            " inline_parameters series",
        )
        known = {one["id"] for one in self.dashboards[key]["dashcards"]}
        for mapping in dashcard["parameter_mappings"]:
            _keys(mapping, "parameter_id card_id target")
            if mapping["card_id"] != dashcard["card_id"]:
                raise Refused(400, "a mapping names the card of its dashcard")
        if dashcard["id"] > 0 and dashcard["id"] not in known:
            raise Refused(404, "no such dashcard")
        if dashcard["card_id"] not in self.cards:
            raise Refused(404, "no such card")
        self._check_clicks(dashcard["visualization_settings"])
        new = dashcard["id"] < 0
        return {**dashcard, "id": self._new_id() if new else dashcard["id"]}


_ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", "/api/health", FakeMetabase.health),
    ("GET", "/api/session/properties", FakeMetabase.properties),
    ("POST", "/api/setup", FakeMetabase.setup),
    ("POST", "/api/session", FakeMetabase.sign_in),
    ("GET", "/api/database", FakeMetabase.list_databases),
    ("GET", r"/api/database/(\d+)", FakeMetabase.get_database),
    ("POST", "/api/database", FakeMetabase.post_database),
    ("PUT", r"/api/database/(\d+)", FakeMetabase.put_database),
    ("GET", "/api/collection", FakeMetabase.list_collections),
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
    ("GET", r"/api/card/(\d+)", FakeMetabase.get_card),
    ("POST", "/api/card", FakeMetabase.post_card),
    ("PUT", r"/api/card/(\d+)", FakeMetabase.put_card),
    ("GET", r"/api/dashboard/(\d+)", FakeMetabase.get_dashboard),
    ("POST", "/api/dashboard", FakeMetabase.post_dashboard),
    ("PUT", r"/api/dashboard/(\d+)", FakeMetabase.put_dashboard),
]


@contextmanager
def serving(fake: FakeMetabase) -> Iterator[str]:
    """Serve the double on a free port of 127.0.0.1; gives its URL."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length) or b"{}")
            session = self.headers.get("X-Metabase-Session")
            try:
                with lock:
                    content = fake.answer(self.command, self.path, body, session)
                status = 200
            except Refused as refusal:
                status, content = refusal.status, {"message": str(refusal)}
            payload = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Keep test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
