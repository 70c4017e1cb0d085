"""What dbt says of views and columns stands beside them in Metabase."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from metabase.content.errors import MetabaseError
from metabase.server.descriptions import describe
from tests.metabase.server.servers import (
    Server,
    connect,
    copy_content,
    keep_only,
    new_server,
)

MANIFEST = {
    "nodes": {
        "model.timonel.customer_values": {
            "resource_type": "model",
            "unique_id": "model.timonel.customer_values",
            "database": "timonel",
            "schema": "reporting",
            "name": "customer_values",
            "description": "One row per customer.",
            "config": {"materialized": "view"},
            "columns": {
                "company_id": {"name": "company_id", "description": "The company."},
                "customer_id": {"name": "customer_id", "description": ""},
            },
        },
        "model.timonel.orders": {
            "resource_type": "model",
            "unique_id": "model.timonel.orders",
            "database": "timonel",
            "schema": "marts",
            "name": "orders",
            "description": "Nobody sees it in Metabase.",
            "config": {"materialized": "incremental"},
            "columns": {},
        },
    },
    "sources": {},
    "child_map": {"model.timonel.customer_values": [], "model.timonel.orders": []},
    "parent_map": {},
}


@pytest.fixture
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dbt") / "manifest.json"
    path.write_text(json.dumps(MANIFEST))
    return path


@pytest.fixture
def applied(
    shops_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A double with one page of two companies, which reads their views as they do."""
    # The library waits as long as a server needs to read its schema.
    monkeypatch.setattr("dbtmetabase._models._SYNC_PERIOD", 0)
    copy_content(tmp_path)
    keep_only(tmp_path, "clientes")
    with new_server(shops_url, tmp_path) as server:
        server.fake.read_views = _views
        server.run()
        server.fake.writes.clear()
        yield server


def test_views_and_columns_say_what_dbt_says(applied: Server, manifest: Path) -> None:
    told: list[str] = []

    describe(applied.request, manifest, told.append)

    fake = applied.fake
    for company in ("acme", "bolt"):
        (table,) = (
            {"id": key, **one}
            for key, one in fake.tables.items()
            if one["db_id"] == applied.database(company)
            and one["name"] == "customer_values"
        )
        assert table["description"] == "One row per customer."
        columns = {
            one["name"]: one["description"]
            for one in fake.fields.values()
            if one["table_id"] == table["id"]
        }
        assert columns["company_id"] == "The company."
        assert columns["customer_id"] is None
    assert [one.split(":")[0] for one in told] == ["acme", "bolt"]


def test_a_second_run_writes_nothing_but_what_was_typed_over(
    applied: Server, manifest: Path
) -> None:
    describe(applied.request, manifest)
    applied.fake.writes.clear()

    describe(applied.request, manifest)
    assert _puts(applied) == []

    key = next(
        key
        for key, one in applied.fake.fields.items()
        if one["description"] == "The company."
    )
    applied.fake.fields[key]["description"] = "Typed by hand"
    describe(applied.request, manifest)
    assert _puts(applied) == [f"PUT /api/field/{key}"]


def test_a_server_without_the_company_is_told_what_to_do(
    shops_url: str, tmp_path: Path, manifest: Path
) -> None:
    with new_server(shops_url, tmp_path) as server:
        server.fake.admin = ("admin@example.com", "admin secret")
        with pytest.raises(MetabaseError, match="timonel metabase apply first"):
            describe(server.request, manifest)


def test_views_that_the_server_does_not_find_are_told(
    applied: Server, manifest: Path
) -> None:
    applied.fake.read_views = lambda details: {}

    with pytest.raises(MetabaseError, match="every reporting view is there"):
        describe(replace(applied.request, wait_seconds=1), manifest)


def test_a_refused_account_is_told(applied: Server, manifest: Path) -> None:
    wrong = replace(applied.request.admin, password="wrong")

    with pytest.raises(MetabaseError, match="did not take the descriptions"):
        describe(replace(applied.request, admin=wrong), manifest)


def _puts(server: Server) -> list[str]:
    return [one for one in server.written() if one.startswith("PUT")]


def _views(details: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with connect(details) as reader:
        rows = reader.execute(
            """select table_name, column_name from information_schema.columns
            where table_schema = 'reporting' order by table_name, ordinal_position"""
        ).fetchall()
    for view, column in rows:
        found.setdefault(view, []).append(column)
    return found
