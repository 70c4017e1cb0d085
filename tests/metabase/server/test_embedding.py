"""A signed link opens one page of one company, for a while, and nothing else."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from typer.testing import CliRunner

from metabase.cli import app
from metabase.content.errors import (
    ContentError,
    MetabaseError,
    WarehouseError,
)
from metabase.server.client import Metabase
from metabase.server.desired_state import EMBEDDING_VARIABLE
from metabase.server.embedding import Link, sign, signed_url
from tests.metabase.server.filled import Start, Starts
from tests.metabase.server.servers import PASSWORDS, Server

SECRET = "0f" * 32
LINK = Link("acme", "clientes", 10, "https://bi.example.com")


@pytest.fixture
def open_server(starts: Starts) -> Iterator[Server]:
    """A server with a secret, filled."""
    environment = {**PASSWORDS, EMBEDDING_VARIABLE: SECRET}
    start = Start(("acme",), "clientes", environment, _give_the_secret)
    with starts.filled("open", start) as server:
        yield server


def _give_the_secret(server: Server) -> None:
    server.fake.embedding_secret = SECRET


def _token(url: str) -> str:
    return url.split("/embed/dashboard/")[1].split("#", maxsplit=1)[0]


def test_a_link_says_what_an_independent_library_reads(open_server: Server) -> None:
    now = datetime.now(UTC)

    url = signed_url(open_server.request.database_url, LINK, SECRET, now=now)

    assert url.startswith("https://bi.example.com/embed/dashboard/")
    assert jwt.get_unverified_header(_token(url))["alg"] == "HS256"
    assert jwt.decode(_token(url), SECRET, algorithms=["HS256"]) == {
        "resource": {
            "dashboard": open_server.named(open_server.fake.dashboards, "Clientes")
        },
        "params": {"company": ["acme"]},
        "exp": int((now + timedelta(minutes=10)).timestamp()),
    }


def test_the_server_opens_the_page_without_anybody_signed_in(
    open_server: Server,
) -> None:
    url = signed_url(open_server.request.database_url, LINK, SECRET)

    assert _open(open_server, _token(url))["name"] == "Clientes"


@pytest.mark.parametrize("forged", ["company", "dashboard", "alg", "signature"])
def test_a_link_that_was_changed_is_refused(open_server: Server, forged: str) -> None:
    url = signed_url(open_server.request.database_url, LINK, SECRET)
    header, payload, seal = _token(url).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    if forged == "company":
        claims["params"] = {"company": ["bolt"]}
    if forged == "dashboard":
        claims["resource"] = {"dashboard": 1}
    if forged == "alg":
        header, seal = _encoded({"alg": "none"}), ""
    if forged == "signature":
        header, payload, seal = sign(claims, "another secret" * 3).split(".")

    with pytest.raises(MetabaseError, match="corrupt or manipulated"):
        _open(open_server, ".".join((header, _encoded(claims), seal)))


def test_a_link_ends(open_server: Server) -> None:
    past = datetime.now(UTC) - timedelta(minutes=11)
    url = signed_url(open_server.request.database_url, LINK, SECRET, now=past)

    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(_token(url), SECRET, algorithms=["HS256"])
    with pytest.raises(MetabaseError, match="corrupt or manipulated"):
        _open(open_server, _token(url))


def test_a_link_without_the_company_is_refused(open_server: Server) -> None:
    page = open_server.named(open_server.fake.dashboards, "Clientes")
    ends = int((datetime.now(UTC) + timedelta(minutes=1)).timestamp())
    payload = {"resource": {"dashboard": page}, "params": {}, "exp": ends}

    with pytest.raises(MetabaseError, match="value for :company in the JWT"):
        _open(open_server, sign(payload, SECRET))


def test_nothing_can_be_embedded_while_there_is_no_secret(filled_small: Server) -> None:
    assert not filled_small.page()["enable_embedding"]
    assert not filled_small.fake.settings["enable-embedding-static"]


def test_embedding_is_opened_once_and_closed_when_the_secret_goes(
    open_server: Server,
) -> None:
    asked = dict(open_server.page()["embedding_params"])
    # Whose page it is nobody may change; what the page lets choose, its readers may.
    assert asked.pop("company") == "locked"
    assert set(asked.values()) == {"enabled"}
    assert open_server.run() == []
    del open_server.environment[EMBEDDING_VARIABLE]

    changes = open_server.run()

    assert changes == [
        "update dashboard Clientes of acme (parameters, enable_embedding)"
    ]
    assert not open_server.page()["enable_embedding"]


def test_a_server_whose_environment_forbids_it_says_where(small: Server) -> None:
    small.environment[EMBEDDING_VARIABLE] = SECRET
    small.fake.locked_settings.add("enable-embedding-static")

    with pytest.raises(MetabaseError, match="MB_ENABLE_EMBEDDING_STATIC=true"):
        small.run()


@pytest.mark.parametrize(
    ("link", "error", "message"),
    [
        (Link("acme", "nope", 10, LINK.site_url), ContentError, "not listed as embed"),
        (Link("nobody", "clientes", 10, LINK.site_url), WarehouseError, "no company"),
        (Link("bolt", "clientes", 10, LINK.site_url), MetabaseError, "never written"),
        (Link("acme", "clientes", 10, "http://other"), MetabaseError, "MB_SITE_URL"),
    ],
)
def test_a_link_that_cannot_be_made_says_why(
    open_server: Server, link: Link, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        signed_url(open_server.request.database_url, link, SECRET)


def test_the_command_prints_the_link_alone(open_server: Server) -> None:
    environment = {
        "TIMONEL_DATABASE_URL": open_server.request.database_url,
        "METABASE_SITE_URL": LINK.site_url,
        EMBEDDING_VARIABLE: SECRET,
    }

    done = CliRunner().invoke(
        app, ["embed", "--company", "acme", "--dashboard", "clientes"], env=environment
    )

    assert done.exit_code == 0, done.output
    assert _open(open_server, _token(done.output.strip()))["name"] == "Clientes"


def _open(server: Server, token: str) -> Any:
    return Metabase(server.request.metabase_url).get(f"/api/embed/dashboard/{token}")


def _encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
