"""dbt without what nobody looks at: half of a command's time on few rows.

It reads the files of the whole stack to tell who brought a flag, makes a message of
every event before it asks whether somebody listens, for each answer of the database
the same guesser of types, looks for plugins in all that is installed, names all
relations of the project to learn the few schemas they are in, goes through all tables
for one of them, and opens a connection for each node; it compiles each template in each
process, and parses all anew for a server at another address, where every name is the
same. And Postgres is given each model in the form that it plans in the least time
(flat_sql).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from time import monotonic
from typing import Any
from unittest.mock import patch

import agate  # type: ignore[import-untyped]
from dbt.adapters.base.connections import BaseConnectionManager
from dbt.adapters.base.impl import BaseAdapter
from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.postgres.connections import (
    PostgresConnectionManager,
    PostgresCredentials,
)
from dbt.adapters.reference_keys import _ReferenceKey
from dbt.compilation import Compiler
from dbt.contracts.graph.nodes import ModelNode
from dbt.plugins.manager import PluginManager
from dbt_common.behavior_flags import BehaviorFlagRendered
from dbt_common.clients import agate_helper
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from psycopg2 import Error as DatabaseError

from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.warehouse.brief_contexts import brief_contexts
from orchestration.lib.warehouse.brief_graphs import brief_graphs
from orchestration.lib.warehouse.brief_parsing import brief_parsing
from orchestration.lib.warehouse.brief_selections import brief_selections
from orchestration.lib.warehouse.brief_templates import brief_templates
from orchestration.lib.warehouse.flat_sql import flat_sql

__all__ = ["COMPILED_TEMPLATES", "DETAILS", "MESSAGES", "brief", "connected_once"]

#: Beside what is parsed, and gone with it when the project changes.
COMPILED_TEMPLATES = PROJECT_ROOT / "dbt_project" / "target" / "templates"

_RELEASE, _OPEN = BaseConnectionManager.release, PostgresConnectionManager.open
_REUSE = BaseConnectionManager.set_connection_name
_FIRE_EVENT = EventManager.fire_event
_INITIALISE = BaseEvent.__init__
_BUILD_TYPE_TESTER = agate_helper.build_type_tester
_EMPTY_TABLE = agate_helper.empty_table
_GET_RELATION = BaseAdapter.get_relation
_GET_CACHE_SCHEMAS = BaseAdapter._get_cache_schemas
_COMPILE = Compiler._compile_code

_MASTER = "master"
_LONG_SECONDS = 60

#: Levels of events: below what any output shows, and all but warnings and errors.
DETAILS = frozenset({EventLevel.DEBUG, EventLevel.TEST})
MESSAGES = DETAILS | {EventLevel.INFO}


@contextmanager
def brief(unheard: frozenset[EventLevel]) -> Iterator[None]:
    """Spare dbt the above; events of the levels unheard are told to nobody."""

    def fire_event(
        manager: EventManager,
        event: BaseEvent,
        level: EventLevel | None = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        if force_warn_or_error_handling or (level or event.level_tag()) not in unheard:
            _FIRE_EVENT(manager, event, level, node, force_warn_or_error_handling)

    with (
        patch.object(BehaviorFlagRendered, "_default_source", lambda _self: "dbt"),
        patch.object(EventManager, "fire_event", fire_event),
        patch.object(BaseEvent, "__init__", _keep_words),
        patch.object(
            BaseEvent, "pb_msg", property(_message, _set_message), create=True
        ),
        patch.object(agate_helper, "build_type_tester", _build_type_tester),
        patch.object(agate_helper, "empty_table", _empty_table),
        patch.object(BaseAdapter, "get_relation", _get_relation),
        patch.object(BaseAdapter, "_get_cache_schemas", _get_cache_schemas),
        patch.object(Compiler, "_compile_code", _compile_flat),
        patch.object(PluginManager, "from_modules", lambda _project: PluginManager([])),
        patch.object(PostgresCredentials, "_connection_keys", _what_names_tell),
        brief_contexts(),
        brief_graphs(),
        brief_parsing(),
        brief_selections(),
        brief_templates(COMPILED_TEMPLATES),
    ):
        yield


@contextmanager
def connected_once() -> Iterator[None]:
    """Let dbt keep a connection for each thread that builds until a command ends.

    It opens one for each node otherwise: a new process of the server every time, which
    reads the same catalogue again before it plans. One that waited for long is opened
    anew, because something on the way may have dropped it.
    """
    with (
        patch.object(BaseConnectionManager, "release", _keep_open),
        patch.object(BaseConnectionManager, "set_connection_name", _reuse),
        patch.object(PostgresConnectionManager, "open", staticmethod(_open)),
    ):
        yield


def _open(connection: Connection) -> Connection:
    """Have the role for the connection, not for its first transaction."""
    opened: Connection = _OPEN(connection)  # type: ignore[no-untyped-call]
    opened.handle.commit()
    return opened


def _keep_open(manager: BaseConnectionManager) -> None:
    """End what the last node began, and leave the connection to the next one."""
    connection = manager.get_if_exists()
    if connection is None or connection.state != ConnectionState.OPEN:
        return
    if connection.name == _MASTER:
        # It is asked when all begins and when all ends.
        _RELEASE(manager)
        return
    try:
        connection.handle.rollback()
        # A mart's rows as they were made, which a connection's end would drop.
        with connection.handle.cursor() as cursor:
            cursor.execute("discard temp")
        connection.handle.commit()
    except DatabaseError:
        _RELEASE(manager)
    else:
        connection.transaction_open = False
        connection.__dict__["_kept_since"] = monotonic()


def _reuse(manager: BaseConnectionManager, name: str | None = None) -> Connection:
    connection = manager.get_if_exists()
    if connection is not None:
        since = connection.__dict__.pop("_kept_since", None)
        if since is not None and monotonic() - since > _LONG_SECONDS:
            manager.clear_thread_connection()
            # Also one that cannot be closed any more is gone with that.
            with suppress(DatabaseError):
                connection.handle.close()
    return _REUSE(manager, name)


def _keep_words(event: BaseEvent, *told: Any, **words: Any) -> None:
    event.__dict__["_words"] = (told, words)


def _message(event: BaseEvent) -> Any:
    """The event's message, made when it is first asked for."""
    kept = event.__dict__
    if "pb_msg" not in kept:
        told, words = kept["_words"]
        _INITIALISE(event, *told, **words)
    return kept["pb_msg"]


def _set_message(event: BaseEvent, message: Any) -> None:
    event.__dict__["pb_msg"] = message


def _build_type_tester(
    text_columns: Iterable[str], string_null_values: Iterable[str] = ("null", "")
) -> agate.TypeTester:
    return _type_tester(tuple(text_columns), tuple(string_null_values))


@lru_cache(maxsize=256)
def _type_tester(
    text_columns: tuple[str, ...], string_null_values: tuple[str, ...]
) -> agate.TypeTester:
    return _BUILD_TYPE_TESTER(text_columns, string_null_values)


@cache
def _empty_table() -> agate.Table:
    return _EMPTY_TABLE()  # type: ignore[no-untyped-call]


def _what_names_tell(_credentials: PostgresCredentials) -> tuple[str, ...]:
    """What of a connection stands in the parsed project."""
    return ("database", "schema")


def _get_relation(
    adapter: BaseAdapter, database: str, schema: str, identifier: str
) -> Any:
    """Dbt's own answer; of a table that it knows, by its key."""
    if (database, schema) in adapter.cache:
        key = _ReferenceKey(database.lower(), schema.lower(), identifier.lower())
        with adapter.cache.lock:
            known = adapter.cache.relations.get(key)
        if known is None:
            return None
        named = {"database": database, "schema": schema, "identifier": identifier}
        if known.inner is not None and known.inner.matches(**named):
            return known.inner
    return _GET_RELATION(adapter, database, schema, identifier)


def _get_cache_schemas(adapter: BaseAdapter, nodes: Iterable[Any]) -> Any:
    """Dbt's own answer, asked for one node of each schema."""
    one_of_each = {
        (node.database, node.schema, str(node.quoting_dict)): node for node in nodes
    }
    return _GET_CACHE_SCHEMAS(adapter, one_of_each.values())


def _compile_flat(compiler: Compiler, node: Any, *told: Any, **words: Any) -> Any:
    """Dbt's own; of what becomes a view or fills a table, flat."""
    compiled = _COMPILE(compiler, node, *told, **words)
    kind = compiled.config.materialized
    if isinstance(compiled, ModelNode) and kind in {"view", "incremental"}:
        statement = compiled.compiled_code or ""
        compiled.compiled_code = flat_sql(statement, is_view=kind == "view")
    return compiled
