"""Report runs: their life, their failures, and answers that would be too long."""

from typing import Any

import pytest
import requests

from sandbox.simulation.world import World
from tests.sandbox.meta_ads.conftest import ACCOUNT, Get, last_days

INSIGHTS = f"{ACCOUNT}/insights"


def start(get: Get, days: int = 3, **parameters: Any) -> str:
    answer = get(
        INSIGHTS,
        method="POST",
        level="ad",
        time_increment=1,
        time_range=last_days(days),
        fields="ad_id,spend",
        **parameters,
    )
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"report_run_id"}
    found: str = answer.json()["report_run_id"]
    return found


def ask(get: Get, run: str) -> tuple[str, int]:
    found = get(f"{run}/").json()
    return found["async_status"], found["async_percent_completion"]


def test_a_run_is_completed_only_after_it_was_at_100_percent(get: Get) -> None:
    run = start(get)

    course = []
    rows = []
    for _ in range(5):
        course.append(ask(get, run))
        rows.append(len(get(f"{run}/insights").json()["data"]))

    assert course == [
        ("Job Not Started", 0),
        ("Job Started", 0),
        ("Job Running", 42),
        ("Job Running", 100),
        ("Job Completed", 100),
    ]
    assert rows == [0, 0, 0, 0, 9]


def test_a_run_of_one_day_is_done_when_it_is_asked_after(get: Get) -> None:
    run = start(get, days=1)

    assert ask(get, run) == ("Job Completed", 100)
    assert len(get(f"{run}/insights").json()["data"]) == 3


def test_a_run_says_what_it_is_about(get: Get) -> None:
    found = get(start(get, days=1)).json()

    assert found["account_id"] == ACCOUNT.removeprefix("act_")
    assert found["date_start"] == found["date_stop"]


@pytest.mark.parametrize(
    ("fault", "status", "subcode"),
    [
        ("report_failed", "Job Failed", 1_504_044),
        ("report_skipped", "Job Skipped", None),
        ("too_much_data", "Job Failed", 1_504_038),
    ],
)
def test_a_run_fails_or_is_skipped_on_request(
    get: Get, world: World, fault: str, status: str, subcode: int | None
) -> None:
    world.faults.switch_on({"kind": fault})

    found = get(start(get, days=1)).json()
    again = get(start(get, days=1)).json()

    assert found["async_status"] == status
    assert found.get("error_subcode") == subcode
    assert again["async_status"] == "Job Completed"


def test_a_run_of_too_many_rows_fails(get: Get) -> None:
    run = start(get, breakdowns="publisher_platform")

    for _ in range(5):
        found = get(run).json()

    assert found["async_status"] == "Job Failed"
    assert found["error_subcode"] == 1_504_038


def test_an_answer_of_too_many_rows_is_refused(get: Get) -> None:
    asked = {"level": "ad", "time_increment": 1, "breakdowns": "publisher_platform"}

    whole = get(INSIGHTS, time_range=last_days(3), **asked)
    part = get(INSIGHTS, time_range=last_days(1), **asked)

    assert whole.status_code == 400
    error = whole.json()["error"]
    assert (error["code"], error["error_subcode"]) == (100, 1_487_534)
    assert part.status_code == 200


def test_a_new_run_may_not_be_visible_yet(get: Get, world: World) -> None:
    world.faults.switch_on({"kind": "report_not_visible"})
    run = start(get, days=1)

    first = get(run)
    second = get(run)

    error = first.json()["error"]
    assert (error["code"], error["error_subcode"]) == (100, 33)
    assert second.json()["async_status"] == "Job Completed"


def test_a_run_is_paged_while_there_is_a_next_page(
    get: Get, http: requests.Session
) -> None:
    run = start(get)
    for _ in range(5):
        get(run)

    first = get(f"{run}/insights", limit=5).json()
    second = http.get(first["paging"]["next"]).json()

    assert [len(page["data"]) for page in (first, second)] == [5, 4]
    assert "next" not in second["paging"]
    assert "after" in second["paging"]["cursors"]
    assert "access_token=" in first["paging"]["next"]
