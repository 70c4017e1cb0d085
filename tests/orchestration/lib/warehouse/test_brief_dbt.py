"""dbt keeps a connection while it is sure to be there, and chooses as it always did."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from copy import copy
from types import SimpleNamespace
from typing import Any, cast

import pytest
from dbt.adapters.base.impl import BaseAdapter
from dbt.adapters.cache import RelationsCache
from dbt.adapters.exceptions.compilation import ApproximateMatchError
from dbt.adapters.postgres.connections import (
    PostgresConnectionManager,
    PostgresCredentials,
)
from dbt.adapters.postgres.relation import PostgresRelation
from dbt.clients.jinja import MacroStack
from dbt.context.macros import MacroNamespaceBuilder
from dbt.context.manifest import ManifestContext
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ModelNode
from dbt.graph.graph import UniqueId
from dbt.graph.selector_methods import QualifiedNameSelectorMethod
from dbt_common.helper_types import Port

from orchestration.lib.warehouse import brief_dbt
from orchestration.lib.warehouse.database import libpq_environment

Ask = Callable[..., int]


@pytest.fixture
def ask(database_url: str) -> Iterator[Ask]:
    """The server's process that a node of this name talks to, until it is released."""
    given = libpq_environment(database_url)
    credentials = PostgresCredentials(
        host=given["PGHOST"],
        port=Port(int(given["PGPORT"])),
        user=given["PGUSER"],
        password=given["PGPASSWORD"],
        database=given["PGDATABASE"],
        schema="staging",
        role="transformer",
    )
    manager = PostgresConnectionManager(  # type: ignore[no-untyped-call]
        SimpleNamespace(credentials=credentials), multiprocessing.get_context("spawn")
    )

    def backend(name: str, before: str = "select 1") -> int:
        connection = manager.set_connection_name(name)
        with connection.handle.cursor() as cursor:
            cursor.execute(before)
            cursor.execute("select pg_backend_pid(), current_user")
            number, user = cursor.fetchone()
        connection.handle.commit()
        manager.release()
        assert user == "transformer"
        return int(number)

    with brief_dbt.connected_once():
        yield backend
        manager.cleanup_all()


def test_nodes_of_a_thread_share_a_connection(ask: Ask) -> None:
    assert ask("model.a") == ask("model.b") == ask("test.c")


def test_what_a_node_made_for_itself_is_gone_for_the_next(ask: Ask) -> None:
    made = "create temporary table made as select 1 as number"

    assert ask("model.a", made) == ask("model.b", made)


def test_one_that_waited_long_is_opened_anew(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask("model.a")
    monkeypatch.setattr(brief_dbt, "_LONG_SECONDS", -1)

    assert ask("model.b") != first


def test_that_of_the_hooks_is_not_kept(ask: Ask) -> None:
    assert ask("master") != ask("master")


def test_a_name_chooses_what_dbt_chooses(parsed_project: Manifest) -> None:
    fqns = [node.fqn for node in parsed_project.nodes.values()]
    # Each word of a path, folders in the middle of one too, and what is not one word.
    words = {word for fqn in fqns[::101] for word in fqn}
    words |= {"timonel.marts", "marts.saas", "orders*", "no_such_model", "orders-x"}
    words |= {".".join(fqn[:-1]) for fqn in fqns[::101]} | {"marts.no_such_folder"}
    words |= {".".join(fqn[1:]) for fqn in fqns[::101]} | {"saas.account_days"}
    method = QualifiedNameSelectorMethod(parsed_project, None, [])
    named = (*parsed_project.nodes, *parsed_project.unit_tests)
    everything = set(map(UniqueId, named))
    some = set(sorted(everything)[::2])

    def chosen(word: str) -> list[set[str]]:
        return [set(method.search(among, word)) for among in (everything, some)]

    expected = {word: chosen(word) for word in words}
    with brief_dbt.brief(frozenset()):
        assert {word: chosen(word) for word in words} == expected
    assert any(among < all_ for all_, among in expected.values())


def test_a_model_with_versions_is_chosen_as_dbt_chooses_it(
    parsed_project: Manifest,
) -> None:
    model = copy(parsed_project.nodes["model.timonel.orders"])
    assert isinstance(model, ModelNode)
    model.version, model.fqn = 2, [*model.fqn, "v2"]
    manifest = Manifest(nodes={model.unique_id: model})
    method = QualifiedNameSelectorMethod(manifest, None, [])

    with brief_dbt.brief(frozenset()):
        found = set(method.search({UniqueId(model.unique_id)}, "orders"))

    assert found == {model.unique_id}


class Names(ManifestContext):
    """What a template finds by name among the macros, and nothing else."""

    def __init__(self, project: Manifest, package: str) -> None:
        self._ctx: dict[str, Any] = {}
        stack = MacroStack()  # type: ignore[no-untyped-call]
        builder = MacroNamespaceBuilder(
            "timonel", package, stack, ["dbt_postgres", "dbt"]
        )
        packages = project.get_macros_by_package()
        self.namespace = builder.build_namespace(packages, self._ctx)

    def found(self) -> dict[str, Any]:
        """Each name with its macro, each package with the macros in it."""
        self._context_members_ = {}
        named = self.to_dict()  # type: ignore[no-untyped-call]
        return {
            name: {inner: each.macro.unique_id for inner, each in found.items()}
            if isinstance(found, dict)
            else found.macro.unique_id
            for name, found in named.items()
            if name not in {"context", "builtins"}
        }


@pytest.mark.parametrize("package", ["timonel", "dbt"])
def test_a_template_finds_the_macros_that_dbt_finds(
    package: str, parsed_project: Manifest
) -> None:
    expected = Names(parsed_project, package).found()
    with brief_dbt.brief(frozenset()):
        found = Names(parsed_project, package).found()

    assert len(expected) > 300
    assert {"timonel", "dbt"} <= expected.keys()
    assert found == expected


class Tables:
    """As much of an adapter as is asked for a table."""

    config = SimpleNamespace(
        quoting={"database": True, "schema": True, "identifier": True}
    )
    _make_match = BaseAdapter._make_match
    _make_match_kwargs = BaseAdapter._make_match_kwargs

    def __init__(self, *names: str) -> None:
        self.cache = cast("Any", RelationsCache)()
        self.cache.update_schemas([("timonel", "marts"), ("timonel", "empty")])
        for name in names:
            table = PostgresRelation.create("timonel", "marts", name)
            self.cache.add(table)

    def list_relations(self, database: str, schema: str) -> list[Any]:
        return list(self.cache.get_relations(database, schema))

    def asked(self, schema: str, name: str) -> object:
        ask = cast("Any", BaseAdapter.get_relation)
        try:
            return ask(self, "timonel", schema, name)
        except ApproximateMatchError as refused:
            return str(refused)


def test_a_table_is_found_that_dbt_finds() -> None:
    tables = Tables("orders", "orders__dbt_tmp", "Customers")
    places = (
        *(("marts", "orders"), ("marts", "orders__dbt_tmp"), ("marts", "none")),
        *(("marts", "Customers"), ("marts", "customers"), ("marts", "ORDERS")),
        *(("empty", "orders"), ("unknown", "orders")),
    )
    expected = [tables.asked(*place) for place in places]
    with brief_dbt.brief(frozenset()):
        found = [tables.asked(*place) for place in places]

    assert [str(each) for each in expected[:2]] == [
        '"timonel"."marts"."orders"',
        '"timonel"."marts"."orders__dbt_tmp"',
    ]
    assert isinstance(expected[4], str)
    assert found == expected
