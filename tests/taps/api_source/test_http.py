"""Requests are repeated when that helps, and errors say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import requests

from taps.api_source.errors import (
    AccessDenied,
    RateLimited,
    SourceError,
    TokenExpired,
    redact,
)
from taps.api_source.http import HttpClient, NoAuthorization
from taps.api_source.verdicts import Fail, Retry, Verdict, retry_after
from tests.taps.api_source.conftest import Answer, Script


class Waits(list[float]):
    """Remembers how long a client would have slept."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


class Tokens:
    """Credentials that can be renewed a number of times."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens)

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._tokens[0]}"}

    def renew(self) -> bool:
        if len(self._tokens) == 1:
            return False
        self._tokens.pop(0)
        return True


def undecided(response: requests.Response, call: str) -> Verdict | None:
    return None


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def client(waits: Waits) -> HttpClient:
    return HttpClient(NoAuthorization(), undecided, attempts=4, sleep=waits)


def test_a_server_error_is_asked_again(
    client: HttpClient, script: Script, waits: Waits
) -> None:
    script.answers = [Answer(500), Answer(503), Answer(body=b'{"a":1}')]
    assert client.json("GET", script.url, call="orders") == {"a": 1}
    assert len(waits) == 2


def test_the_source_says_how_long_to_wait(
    client: HttpClient, script: Script, waits: Waits
) -> None:
    script.answers = [Answer(429, headers={"Retry-After": "7"}), Answer()]
    client.send("GET", script.url, call="orders")
    assert waits == [7.0]


def test_without_a_hint_waits_grow(
    client: HttpClient, script: Script, waits: Waits
) -> None:
    script.answers = [Answer(429), Answer(429), Answer(429), Answer()]
    client.send("GET", script.url, call="orders")
    assert waits == sorted(waits)
    assert waits[0] >= 1


def test_a_wait_longer_than_a_run_ends_it(client: HttpClient, script: Script) -> None:
    script.answers = [Answer(429, headers={"Retry-After": "86400"})]
    with pytest.raises(RateLimited, match=r"orders: HTTP 429.*86400 s.*kept"):
        client.send("GET", script.url, call="orders")


@pytest.mark.parametrize("ask", ["send", "json"])
def test_a_body_that_breaks_off_is_asked_for_again(
    client: HttpClient, script: Script, ask: str
) -> None:
    script.answers = [Answer(body=b'{"a": [1, 2', promise=50), Answer(body=b"[]")]
    getattr(client, ask)("GET", script.url, call="orders")
    assert len(script.requests) == 2


def test_json_that_is_cut_without_a_broken_connection_is_asked_for_again(
    client: HttpClient, script: Script
) -> None:
    script.answers = [Answer(body=b'{"data": [1, 2'), Answer(body=b'{"data": [1]}')]
    assert client.json("GET", script.url, call="orders") == {"data": [1]}


def test_after_all_attempts_the_error_names_the_call(
    client: HttpClient, script: Script
) -> None:
    script.answers = [Answer(500)]
    with pytest.raises(SourceError, match=r"^orders, page 3: .*4 attempts.*HTTP 500"):
        client.send("GET", script.url, call="orders, page 3")
    assert len(script.requests) == 4


def test_nobody_listening_is_said_without_the_address(client: HttpClient) -> None:
    with pytest.raises(SourceError, match="no connection") as failure:
        client.send("GET", "http://127.0.0.1:9/?access_token=s3cret", call="orders")
    assert "s3cret" not in str(failure.value)


def test_an_answer_that_drips_too_slowly_is_given_up(
    script: Script, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter(range(0, 10_000, 400))
    monkeypatch.setattr("taps.api_source.bodies.time.monotonic", lambda: next(moments))
    script.answers = [Answer(body=b"[1]")]
    client = HttpClient(NoAuthorization(), undecided, attempts=2, sleep=waits)
    with pytest.raises(SourceError, match="took longer than 300 s"):
        client.send("GET", script.url, call="orders")


def test_a_small_answer_that_drips_byte_by_byte_ends_within_its_time(
    script: Script, waits: Waits
) -> None:
    script.answers = [Answer(body=b" " * 400, pause=0.02)]
    client = HttpClient(
        NoAuthorization(), undecided, attempts=1, timeout=(5, 0.2), sleep=waits
    )
    with pytest.raises(SourceError, match="took longer"):
        client.send("GET", script.url, call="orders")
    assert script.bytes_dripped < 400


def test_a_download_that_drips_byte_by_byte_is_given_up(
    script: Script, waits: Waits, tmp_path: Path
) -> None:
    script.answers = [Answer(body=b" " * 400, pause=0.02)]
    client = HttpClient(
        NoAuthorization(), undecided, attempts=1, timeout=(5, 0.2), sleep=waits
    )
    with pytest.raises(SourceError, match="too slowly"):
        client.download(script.url, tmp_path / "file", call="bulk file")


def test_a_download_is_not_waited_for_longer_than_a_run(
    client: HttpClient, script: Script, tmp_path: Path
) -> None:
    script.answers = [Answer(429, headers={"Retry-After": "86400"})]
    with pytest.raises(RateLimited, match="86400 s"):
        client.download(script.url, tmp_path / "file", call="bulk file")


def test_credentials_do_not_follow_to_another_address(
    script: Script, waits: Waits
) -> None:
    elsewhere = {"Location": f"{script.url}/elsewhere"}
    script.answers = [Answer(301, headers=elsewhere), Answer()]
    client = HttpClient(Tokens("secret"), undecided, sleep=waits)
    with pytest.raises(SourceError, match="another address"):
        client.send("POST", script.url, call="orders", json={})
    assert len(script.requests) == 1


@pytest.mark.parametrize("hours", [-2, 2])
def test_what_is_certain_lies_before_both_clocks(
    client: HttpClient, script: Script, hours: int
) -> None:
    theirs = datetime.now(UTC) + timedelta(hours=hours)
    script.answers = [Answer(headers={"Date": format_datetime(theirs, usegmt=True)})]
    client.send("GET", script.url, call="orders")
    earlier = min(theirs, datetime.now(UTC))
    assert abs(client.certain_now() - earlier) < timedelta(minutes=1)


def test_an_expired_token_is_renewed_once(script: Script, waits: Waits) -> None:
    client = HttpClient(Tokens("old", "new"), undecided, sleep=waits)
    script.answers = [Answer(401), Answer()]
    client.send("GET", script.url, call="orders")
    sent = [headers["Authorization"] for _, _, headers in script.requests]
    assert sent == ["Bearer old", "Bearer new"]


def test_a_token_that_cannot_be_renewed_has_an_error_of_its_own(
    script: Script,
) -> None:
    client = HttpClient(Tokens("only"), undecided)
    script.answers = [Answer(401)]
    with pytest.raises(TokenExpired):
        client.send("GET", script.url, call="orders")


def test_a_new_token_that_is_refused_too_is_not_renewed_for_ever(
    script: Script,
) -> None:
    client = HttpClient(Tokens("a", "b", "c", "d"), undecided)
    script.answers = [Answer(401)]
    with pytest.raises(AccessDenied, match="refused too"):
        client.send("GET", script.url, call="orders")
    assert len(script.requests) == 2


def test_a_refusal_is_not_repeated(client: HttpClient, script: Script) -> None:
    script.answers = [Answer(403, body=b"no such scope")]
    with pytest.raises(AccessDenied, match="HTTP 403 no such scope"):
        client.send("GET", script.url, call="orders")
    assert len(script.requests) == 1


def test_the_source_may_judge_its_own_answers(script: Script, waits: Waits) -> None:
    def classify(response: requests.Response, call: str) -> Verdict | None:
        if response.content == b"busy":
            return Retry("busy", 3)
        if response.content == b"never":
            return Fail(SourceError("never", call=call))
        return None

    client = HttpClient(NoAuthorization(), classify, sleep=waits)
    script.answers = [Answer(body=b"busy"), Answer(body=b"never")]
    with pytest.raises(SourceError, match="orders: never"):
        client.send("GET", script.url, call="orders")
    assert waits == [3]


def test_a_download_that_breaks_off_starts_again(
    client: HttpClient, script: Script, tmp_path: Path
) -> None:
    script.answers = [Answer(body=b"half", promise=8), Answer(body=b"all of it")]
    size = client.download(script.url, tmp_path / "file", call="bulk file")
    assert (tmp_path / "file").read_bytes() == b"all of it"
    assert size == 9


def test_a_download_is_not_sent_our_credentials(script: Script, tmp_path: Path) -> None:
    script.answers = [Answer(body=b"x")]
    client = HttpClient(Tokens("t"), undecided)
    client.download(script.url, tmp_path / "file", call="bulk file")
    assert "Authorization" not in script.requests[0][2]


def test_a_clock_that_is_far_off_is_followed(
    client: HttpClient, script: Script
) -> None:
    theirs = datetime.now(UTC) - timedelta(hours=2)
    script.answers = [Answer(headers={"Date": format_datetime(theirs, usegmt=True)})]
    client.send("GET", script.url, call="orders")
    assert abs(client.now() - theirs) < timedelta(minutes=1)


def test_a_clock_that_is_nearly_right_is_left_alone(
    client: HttpClient, script: Script
) -> None:
    theirs = datetime.now(UTC) - timedelta(minutes=2)
    script.answers = [Answer(headers={"Date": format_datetime(theirs, usegmt=True)})]
    client.send("GET", script.url, call="orders")
    assert abs(client.now() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [("12", 12, 12), ("-3", 0, 0), ("nonsense", None, None), (None, None, None)],
)
def test_retry_after_holds_seconds(
    value: str | None, least: float | None, most: float | None
) -> None:
    response = requests.Response()
    if value is not None:
        response.headers["Retry-After"] = value
    assert retry_after(response) == least == most


def test_retry_after_may_be_a_date() -> None:
    response = requests.Response()
    moment = datetime.now(UTC) + timedelta(seconds=60)
    response.headers["Retry-After"] = format_datetime(moment, usegmt=True)
    assert 50 < (retry_after(response) or 0) <= 60


@pytest.mark.parametrize(
    "said",
    [
        "https://x.test/?access_token=S3CRET&limit=5",
        '{"client_secret": "S3CRET"}',
        "Authorization: Bearer S3CRET",
        "token shpat_S3CRET was refused",
        "grant_type=refresh_token&refresh_token=S3CRET",
    ],
)
def test_nothing_that_looks_like_a_credential_is_told(said: str) -> None:
    assert "S3CRET" not in redact(said)
    assert "S3CRET" not in str(SourceError(said, call="orders"))
