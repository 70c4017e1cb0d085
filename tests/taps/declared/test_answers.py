"""Answers written after the vendors' documentation, and what is made of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from taps.api_source.errors import AccessDenied, SourceError
from taps.declared.api_declaration import Rate
from taps.declared.pages import Pace
from taps.declared.tap import declared_tap
from tests.sandbox.serving import listening
from tests.taps.declared.conftest import VENDORS
from tests.taps.tap_runs import Output, Run, sync
from tests.taps.target_postgres.singer import Loader


@dataclass
class Answers:
    """A server that gives the answers it holds, in order, and keeps the questions."""

    url: str = ""
    waiting: list[tuple[int, Any]] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def give(self, *bodies: Any, status: int = 200) -> None:
        self.waiting += [(status, body) for body in bodies]

    def queries(self) -> list[dict[str, str]]:
        return [dict(request.query_params) for request in self.asked]


@pytest.fixture
def answers() -> Iterator[Answers]:
    held = Answers()

    async def answer(request: Request) -> Response:
        held.asked.append(request)
        status, body = held.waiting.pop(0)
        return JSONResponse(body, status)

    route = Route("/{path:path}", answer, methods=["GET", "POST"])
    with listening(Starlette(routes=[route])) as held.url:
        yield held


def _billing(answers: Answers, state: Any = None, **settings: Any) -> Output:
    config = {"api_key": "rk_1", "api_url": f"{answers.url}/v1"} | settings
    return sync(declared_tap("billing", VENDORS), config, state)


def _subscription(number: int, created: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"sub_{number}",
        "object": "subscription",
        "customer": "cus_1",
        "status": "active",
        "currency": "eur",
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "created": created,
        "ended_at": None,
        "livemode": True,
    } | changes


def test_the_last_record_is_the_cursor_until_there_are_no_more(
    answers: Answers,
) -> None:
    gone = {
        "status": "canceled",
        "cancellation_details": {"feedback": "too_expensive"},
        "ended_at": 1761955200,
    }
    first, second = _subscription(1, 1761955200), _subscription(2, 1760000000, **gone)
    answers.give(
        {
            "object": "list",
            "data": [first],
            "has_more": True,
            "url": "/v1/subscriptions",
        },
        {"object": "list", "data": [second], "has_more": False},
    )

    output = _billing(answers, start_date="2025-10-01")

    assert output.records("subscriptions") == [
        {
            "id": "sub_1",
            "customer_id": "cus_1",
            "status": "active",
            "currency_code": "eur",
            "reason": None,
            "created_at": "2025-11-01T00:00:00Z",
            "ended_at": None,
            "read_at": output.records("subscriptions")[0]["read_at"],
        },
        {
            "id": "sub_2",
            "customer_id": "cus_1",
            "status": "canceled",
            "currency_code": "eur",
            "reason": "too_expensive",
            "created_at": "2025-10-09T08:53:20Z",
            "ended_at": "2025-11-01T00:00:00Z",
            "read_at": output.records("subscriptions")[1]["read_at"],
        },
    ]
    assert [query.get("starting_after") for query in answers.queries()] == [
        None,
        "sub_1",
    ]
    # 1 October 2025, 00:00 UTC.
    assert {query["created[gte]"] for query in answers.queries()} == {"1759276800"}
    headers = answers.asked[0].headers
    assert headers["authorization"] == "Bearer rk_1"
    assert headers["billing-version"] == "2026-10-28.endive"


def test_the_bookmark_is_the_latest_change_and_the_next_run_looks_an_hour_back(
    answers: Answers,
) -> None:
    answers.give({"data": [_subscription(1, 1761955200)], "has_more": False})
    first = _billing(answers)
    answers.give({"data": [], "has_more": False})

    _billing(answers, first.state)

    bookmark = first.state["bookmarks"]["subscriptions"]["replication_key_value"]
    assert bookmark == "2025-11-01T00:00:00+00:00"
    assert answers.queries()[-1]["created[gte]"] == str(1761955200 - 3600)


def test_a_value_of_another_type_goes_to_quarantine_and_keeps_no_other(
    answers: Answers, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [_subscription(1, 1761955200), _subscription(2, 1761955200, ended_at="soon")]
    answers.give({"data": rows, "has_more": False})
    loader = Loader(database_url)

    output = _billing(answers)
    loader.load(*output.messages, schema="raw_billing")

    assert "ended_at of a record is not as declared" in caplog.text
    assert "soon" not in caplog.text
    assert loader.column("select id from raw_billing.subscriptions") == ["sub_1"]
    (kept,) = loader.quarantined()
    assert kept["stream"] == "subscriptions"
    assert "ended_at" in kept["reason"]
    assert kept["record"]["id"] == "sub_2"


def test_the_sources_own_words_and_the_declared_remedy_are_told(
    answers: Answers,
) -> None:
    said = "The provided key 'rk_1' does not have the required permissions."
    answers.give(
        {"error": {"type": "invalid_request_error", "message": said}}, status=403
    )

    with pytest.raises(AccessDenied, match="read access") as failure:
        _billing(answers)

    assert "required permissions" in str(failure.value)
    assert "rk_1" not in str(failure.value)


def test_a_page_that_comes_again_and_again_is_no_endless_read(answers: Answers) -> None:
    page = {"data": [_subscription(1, 1761955200)], "has_more": True}
    answers.give(*[page] * 4)

    with pytest.raises(SourceError, match="the same next page twice"):
        _billing(answers)


def test_a_token_for_the_account_reads_the_people_of_each_webinar(
    answers: Answers,
) -> None:
    answers.give(
        {"access_token": "granted", "token_type": "bearer", "expires_in": 3600},
        {
            "next_page_token": "",
            "page_size": 10,
            "total_records": 2,
            "webinars": [
                {
                    "id": 95204914252,
                    "topic": "One",
                    "start_time": "2026-11-01T09:00:00Z",
                },
                {
                    "id": 95204914253,
                    "topic": "Two",
                    "start_time": "2026-11-02T09:00:00Z",
                },
            ],
        },
        {
            "next_page_token": "Tva2CuIdTgsv8wAnhyAdU3m06Y2HuLQtlh3",
            "participants": [
                {"id": "a", "duration": 60, "join_time": "2026-11-01T09:01:00Z"}
            ],
        },
        {
            "next_page_token": "",
            "participants": [
                {"id": "b", "duration": 30, "join_time": "2026-11-01T09:02:00Z"}
            ],
        },
    )
    answers.give({"code": 3001, "message": "Meeting does not exist: 3001."}, status=404)
    config = {"account_id": "A1", "client_id": "me", "client_secret": "hush"}
    urls = {"api_url": f"{answers.url}/v2", "token_url": f"{answers.url}/oauth/token"}

    output = sync(declared_tap("meetings", VENDORS), config | urls)

    people = output.records("participants")
    assert [(p["webinar_id"], p["id"], p["seconds"]) for p in people] == [
        ("95204914252", "a", 60),
        ("95204914252", "b", 30),
    ]
    slices = output.records("slices")
    assert [(s["webinar_id"], s["row_count"], s["total"]) for s in slices] == [
        ("95204914252", 2, 90),
        ("95204914253", 0, 0),
    ]
    # "me:hush" in base 64.
    assert answers.asked[0].headers["authorization"] == "Basic bWU6aHVzaA=="
    assert {r.headers["authorization"] for r in answers.asked[1:]} == {"Bearer granted"}


def test_a_list_shorter_than_its_count_is_read_again_and_refused(
    answers: Answers,
) -> None:
    one = {"id": 1, "topic": "One", "start_time": "2026-11-01T09:00:00Z"}
    short = {"next_page_token": "", "total_records": 2, "webinars": [one]}
    answers.give({"access_token": "granted"}, short, short)
    config = {"account_id": "A1", "client_id": "me", "client_secret": "hush"}
    urls = {"api_url": f"{answers.url}/v2", "token_url": f"{answers.url}/oauth/token"}
    run = Run(declared_tap("meetings", VENDORS), config | urls)

    with pytest.raises(SourceError, match="1 records came, the source counts 2"):
        run.sync()

    assert run.output.records("webinars") == []


def test_the_program_ends_with_77_when_a_token_is_refused(
    answers: Answers, tmp_path: Path
) -> None:
    program = (
        "from pathlib import Path; from taps.declared.tap import declared_tap; "
        f"declared_tap('billing', Path({str(VENDORS)!r})).cli()"
    )
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"api_key": "planted-secret", "api_url": answers.url}))
    answers.give({"error": {"message": "Invalid API Key"}}, status=401)

    ended = subprocess.run(
        [sys.executable, "-c", program, "--config", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 77
    assert "planted-secret" not in ended.stdout + ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("ERROR: subscriptions")


def test_a_connection_shows_the_account_and_the_version(
    answers: Answers, tmp_path: Path
) -> None:
    answers.give({"id": "acct_1", "default_currency": "clp", "country": "CL"})
    config = {"api_key": "rk_1", "api_url": answers.url}
    text = (VENDORS / "billing.yml").read_text()
    asked = "check: {request: {path: /account}, account: id, currency_code: "
    (tmp_path / "billing.yml").write_text(f"{text}{asked}default_currency}}\n")

    found = declared_tap("billing", tmp_path)(config=config).check()

    assert (found["account"], found["currency_code"]) == ("acct_1", "clp")
    assert found["api_version"] == "2026-10-28.endive"
    assert found["warnings"] == []


def test_no_more_requests_are_sent_than_the_source_allows() -> None:
    waits: list[float] = []
    pace = Pace(Rate(requests=2, seconds=60), waits.append)

    for _ in range(3):
        pace.wait()

    assert len(waits) == 1
    assert 59 < waits[0] <= 60


def test_days_are_compared_with_the_sources_own_total(
    answers: Answers, tmp_path: Path
) -> None:
    text = (VENDORS / "desk.yml").read_text()
    own = "control_totals: {request: {path: /totals}, date: day, total: sum}"
    text = text.replace("    total: answered\n", f"    total: answered\n    {own}\n")
    (tmp_path / "desk.yml").write_text(text)
    tap = declared_tap("desk", tmp_path)
    day = {"start_date": "2026-11-02", "end_date": "2026-11-02"}
    config = {"subdomain": "x", "user": "u", "token": "t", "api_url": answers.url} | day
    rows = {"rows": [{"group": "a", "date": "20261102", "answered": 4}], "total": 1}
    right = [{"day": "2026-11-02", "sum": 4}]
    wrong = [{"day": "2026-11-02", "sum": 5}]
    before = [{"tickets": [], "after_cursor": None}, []]

    answers.give(*before, wrong, rows, right, rows)
    (slice_,) = sync(tap, config).records("slices")
    answers.give(*before, wrong, rows, wrong, rows)
    with pytest.raises(SourceError, match="adds up to 4, the account says 5"):
        sync(tap, config)

    assert (slice_["total"], slice_["control_total"]) == (4, 4)
    assert datetime.fromisoformat(slice_["read_at"]).tzinfo == UTC
