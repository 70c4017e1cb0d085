"""Metabase's own client, `mb`, reads what we published and takes what we send.

It judges every answer by the vendor's schemas before it prints it, and every query
before it sends it. So it keeps the double honest, and our bodies too.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.metabase.server.servers import Server, copy_content, keep_only, new_server

_SENT = (
    *("name", "display", "description", "collection_id", "parameters"),
    *("visualization_settings", "dataset_query"),
)

PAGE = "Segmentación y Marketing"
LIST = "¿Quiénes son los clientes del segmento?"


@dataclass(frozen=True)
class OfficialClient:
    """The program, signed in at the double with a key."""

    program: Path
    home: Path
    server: Server

    def run(self, *words: str, body: Any = None) -> subprocess.CompletedProcess[str]:
        sent = () if body is None else ("--body", json.dumps(body))
        return subprocess.run(
            [str(self.program), *words, "--json", *sent],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "MB_URL": self.server.request.metabase_url,
                "MB_API_KEY": "key",
                "MB_CLI_DISABLE_KEYRING": "1",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def read(self, *words: str, body: Any = None) -> Any:
        """What it prints when it is content with the answer."""
        done = self.run(*words, body=body)
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)


@pytest.fixture
def client(
    reporting_url: str, tmp_path: Path, npm_programs: Path
) -> Iterator[OfficialClient]:
    """At a server that we filled for acme with the page Segmentación."""
    files, home = tmp_path / "files", tmp_path / "home"
    files.mkdir()
    home.mkdir()
    copy_content(files)
    keep_only(files, "segmentacion")
    _keep_first_tab(files / "pages/commerce/segmentacion.yml")
    with new_server(reporting_url, files, ("acme",)) as server:
        server.run()
        server.fake.api_keys.add("key")
        yield OfficialClient(npm_programs / "mb", home, server)


def _keep_first_tab(path: Path) -> None:
    """Leave the cards of the first tab, without it: the client sends no tabs back."""
    page = yaml.safe_load(path.read_text())
    first, *_ = page.pop("tabs")
    page["cards"] = {
        name: one for name, one in page["cards"].items() if one.pop("tab") == first
    }
    path.write_text(yaml.safe_dump(page, sort_keys=False))


def test_the_official_client_reads_all_that_was_published(
    client: OfficialClient,
) -> None:
    server = client.server
    page_id = server.named(server.fake.dashboards, PAGE)

    connections = client.read("db", "list")["data"]
    cards = client.read("card", "list")["data"]
    page = client.read("dashboard", "get", str(page_id), "--full")
    tree = client.read("collection", "tree")

    assert [one["name"] for one in connections] == ["timonel_acme"]
    assert {one["name"] for one in cards} == {
        one["name"] for one in server.cards_of("acme")
    }
    assert {one["database_id"] for one in cards} == {server.database("acme")}
    assert {one["card_id"] for one in page["dashcards"]} == {one["id"] for one in cards}
    assert page["parameters"][0]["slug"] == "segment"
    assert [one["id"] for one in tree] == [server.top("acme")]


def test_what_we_send_passes_the_official_client_and_comes_back_the_same(
    client: OfficialClient,
) -> None:
    """A card that takes a choice of its reader: SQL, template-tag and parameter."""
    ours = _as_sent(client.server.card(LIST))

    made = client.read("card", "create", body=ours)

    assert _as_sent(client.server.fake.cards[made["id"]]) == ours


def test_a_query_that_metabase_would_not_understand_is_refused_before_it_is_sent(
    client: OfficialClient,
) -> None:
    """So passing above says something."""
    body = _as_sent(client.server.card(LIST))
    body["dataset_query"]["stages"][0]["template-tags"]["segment"]["type"] = "words"
    client.server.fake.writes.clear()

    done = client.run("card", "create", body=body)

    assert done.returncode == 2
    assert "template-tags/segment/type" in done.stdout
    assert client.server.written() == []


def _as_sent(card: dict[str, Any]) -> dict[str, Any]:
    """A card without what the server adds to it."""
    kept: dict[str, Any] = copy.deepcopy({one: card[one] for one in _SENT})
    for stage in kept["dataset_query"]["stages"]:
        del stage["lib/uuid"]
    return kept


def test_what_somebody_moves_with_the_official_client_is_drift(
    client: OfficialClient,
) -> None:
    server = client.server
    page_id = server.named(server.fake.dashboards, PAGE)
    lowest = max(server.page(PAGE)["dashcards"], key=_row)
    assert server.pending() == []

    client.read(
        *("dashboard", "update-dashcard", str(page_id), str(lowest["id"])),
        body={"row": lowest["row"] + 3},
    )

    (told,) = [one for one in server.plan() if one.startswith("drift")]
    assert PAGE in told


def _row(dashcard: dict[str, Any]) -> int:
    row: int = dashcard["row"]
    return row
