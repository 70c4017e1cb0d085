"""The server as a client sees it: steering, faults of the wire, the log."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.simulation.world import World
from sandbox.store import Store
from tests.sandbox.serving import serving

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ROWS = [{"id": n} for n in range(500)]


def stub(world: World) -> list[Route]:
    """An API with one answer, told to holders of a token."""

    def rows(request: Request) -> JSONResponse:
        state, token = world.tokens.use(request.headers.get("authorization", ""))
        if token is None or state != "valid":
            return JSONResponse({"error": state}, 401)
        return JSONResponse({"company": token.company, "rows": ROWS})

    def lines(request: Request) -> StreamingResponse:
        return StreamingResponse(json.dumps(row).encode() + b"\n" for row in ROWS)

    return [Route("/stub/rows", rows), Route("/stub/lines", lines)]


class Client:
    """Asks the stub, steers the sandbox."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self.token = world.tokens.issue("tienda_norte", "shopify")

    def rows(self, **options: Any) -> requests.Response:
        headers = {"authorization": self.token}
        return requests.get(
            f"{self.url}/stub/rows", headers=headers, timeout=5, **options
        )

    def steer(self, method: str, name: str, **body: Any) -> Any:
        address = f"{self.url}/_sandbox/{name}"
        answer = requests.request(method, address, json=body, timeout=5)
        return answer.json() | {} if answer.ok and not body else answer.json()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    clock = Clock()
    clock.freeze(NOW)
    store = Store(tmp_path / "world.sqlite", clock)
    world = World(store, anchor=NOW.date(), seed=7)
    with serving(world, stub):
        yield Client(world, world.base_url)
    store.close()


def test_without_faults_everything_is_served(client: Client) -> None:
    answer = client.rows()

    assert answer.json() == {"company": "tienda_norte", "rows": ROWS}
    assert parsedate_to_datetime(answer.headers["date"]) == NOW


def test_connections_name_every_company_with_addresses_of_this_server(
    client: Client,
) -> None:
    told = client.steer("GET", "connections")

    assert set(told) == {"cdnow", "tienda_norte", "andes"}
    assert set(told["cdnow"]["connections"]) == {"shopify"}
    shopify = told["andes"]["connections"]["shopify"]
    assert shopify["settings"]["api_url"] == f"{client.url}/shopify/andes"
    assert shopify["secrets"]["client_secret"].startswith("shpss_")
    assert told["andes"]["currency_code"] == "CLP"


def test_rights_are_granted_exactly_or_beside_those_there_are(client: Client) -> None:
    rights = {"company": "tienda_norte", "source": "shopify"}
    client.steer("POST", "grant", **rights, scopes=["read_orders"])
    client.steer("POST", "grant", **rights, more=["write_customers", "read_orders"])

    had = client.world.company("tienda_norte").scopes
    assert had == ("read_orders", "write_customers")
    answer = client.steer("POST", "grant", company="cdnow", source="files", more=[])
    assert "error" in answer


def test_the_same_seed_has_the_same_secrets(client: Client, tmp_path: Path) -> None:
    store = Store(tmp_path / "other.sqlite", Clock())

    same = World(store, anchor=NOW.date(), seed=7).credentials("andes", "meta_ads")
    other = World(store, anchor=NOW.date(), seed=8).credentials("andes", "meta_ads")

    assert same.secrets == client.world.credentials("andes", "meta_ads").secrets
    assert other.secrets != same.secrets


def test_throttling_wears_off_and_says_when_to_come_back(client: Client) -> None:
    client.steer("POST", "faults", kind="throttle", retry_after=3, after=1, times=2)

    answers = [client.rows() for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers["retry-after"] == "3"


def test_a_throttle_may_keep_silent_about_when(client: Client) -> None:
    client.steer("POST", "faults", kind="throttle")

    assert "retry-after" not in client.rows().headers


def test_faults_strike_only_the_paths_they_are_meant_for(client: Client) -> None:
    client.steer("POST", "faults", kind="server_error", path_contains="/lines")

    assert client.rows().status_code == 200
    lines = requests.get(f"{client.url}/stub/lines", timeout=5)
    assert lines.status_code == 500


def test_a_truncated_body_ends_before_its_length(client: Client) -> None:
    client.steer("POST", "faults", kind="truncated_body")

    with pytest.raises(requests.RequestException):
        client.rows()
    assert client.rows().json()["rows"] == ROWS


def test_a_truncated_stream_is_cut_in_the_middle(client: Client) -> None:
    client.steer("POST", "faults", kind="truncated_body", bytes=1_000)

    with pytest.raises(requests.RequestException):
        requests.get(f"{client.url}/stub/lines", timeout=5)


def test_a_timeout_never_answers(client: Client) -> None:
    client.steer("POST", "faults", kind="timeout", seconds=0.3)

    with pytest.raises(requests.RequestException):
        requests.get(f"{client.url}/stub/rows", timeout=0.1)
    assert client.rows().status_code == 200


def test_a_dripping_body_arrives_whole(client: Client) -> None:
    client.steer("POST", "faults", kind="slow_drip", bytes_per_second=20_000)
    began = time.monotonic()

    assert client.rows().json()["rows"] == ROWS
    assert time.monotonic() - began > 0.1


def test_a_skewed_clock_shows_in_the_date(client: Client) -> None:
    client.steer("POST", "faults", kind="clock_skew", seconds=3600)

    date = parsedate_to_datetime(client.rows().headers["date"])

    assert (date - NOW).total_seconds() == 3600


def test_a_token_dies_after_so_many_requests(client: Client) -> None:
    client.steer("POST", "faults", kind="token_expired", after=2)

    answers = [client.rows() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 401]
    assert answers[2].json() == {"error": "expired"}


def test_revoked_connections_are_refused_until_rotated(client: Client) -> None:
    before = client.world.credentials("tienda_norte", "shopify")
    client.steer("POST", "revoke", company="tienda_norte", source="shopify")

    assert client.rows().json() == {"error": "revoked"}
    client.token = client.world.tokens.issue("tienda_norte", "shopify")
    assert client.rows().json() == {"error": "revoked"}

    after = client.steer("POST", "rotate", company="tienda_norte", source="shopify")
    assert after["secrets"] != before.secrets
    assert client.rows().status_code == 401
    client.token = client.world.tokens.issue("tienda_norte", "shopify")
    assert client.rows().status_code == 200


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("faults", {"kind": "gremlins"}, "gremlins"),
        ("revoke", {"company": "nobody", "source": "shopify"}, "nobody"),
        ("revoke", {"company": "cdnow", "source": "meta_ads"}, "meta_ads"),
        ("restate", {"company": "cdnow", "source": "weather"}, "weather"),
        ("restate", {"source": "shopify"}, "company"),
        ("clock", {"now": "2026-11-21T12:00:00"}, "time zone"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    client: Client, name: str, body: dict[str, Any], says: str
) -> None:
    answer = requests.post(f"{client.url}/_sandbox/{name}", json=body, timeout=5)

    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_the_clock_is_set_and_moved(client: Client) -> None:
    told = client.steer("POST", "clock", now="2026-12-01T00:00:00Z", shift_seconds=60)

    assert told["now"] == "2026-12-01T00:01:00+00:00"
    assert client.world.clock.now() == datetime(2026, 12, 1, 0, 1, tzinfo=UTC)


def test_the_log_tells_requests_without_their_secrets(client: Client) -> None:
    client.rows(params={"access_token": "EAAsecret", "page": "2"})
    client.steer("POST", "faults", kind="server_error")
    client.rows()

    log = requests.get(f"{client.url}/_sandbox/requests", timeout=5).json()

    assert [(entry["path"], entry["status"]) for entry in log] == [
        ("/stub/rows", 200),
        ("/stub/rows", 500),
    ]
    assert log[0]["query"] == "access_token=***&page=2"
    assert log[0]["bytes"] > 1_000
    requests.delete(f"{client.url}/_sandbox/requests", timeout=5)
    assert requests.get(f"{client.url}/_sandbox/requests", timeout=5).json() == []
