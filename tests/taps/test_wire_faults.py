"""Taps as programs against a real server: right rows, or an error in words, in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.serving import Sandbox, sandbox_process
from tests.taps.tap_processes import (
    NOON,
    PASSING,
    SKEW,
    TODAY,
    Ended,
    Reader,
    assert_failed_in_words,
    assert_not_of_the_future,
    assert_right,
    days_ago,
    name_of,
    rows,
)

Fault = dict[str, Any]

#: Days of history that each source is asked for.
DAYS = {"google_ads": 14, "meta_ads": 14, "search_console": 14, "weather": 45}
#: What does not pass: what the error says of it.
LASTING: Mapping[str, tuple[tuple[Fault, str], ...]] = {
    "google_ads": (
        (
            {"kind": "schema_change", "field": "metrics.cost_micros"},
            "lacks metrics.cost_micros",
        ),
        (
            {"kind": "schema_change", "field": "campaign.id", "after": 3},
            "lacks campaign.id",
        ),
        (
            {
                "kind": "server_error",
                "path_contains": "search",
                "after": 9,
                "status": 400,
            },
            "HTTP 400",
        ),
        (
            {"kind": "duplicate_ids", "path_contains": "search", "after": 9},
            "Google counts",
        ),
        ({"kind": "quota_exceeded", "retry_after": 5400, "after": 8}, "5400 s"),
    ),
    "meta_ads": (
        (
            {"kind": "schema_change", "field": "spend", "path_contains": "insights"},
            "has no spend",
        ),
        ({"kind": "schema_change", "field": "campaign_id"}, "has no campaign_id"),
        ({"kind": "schema_change", "field": "id"}, "has no id"),
        ({"kind": "duplicate_ids", "path_contains": "insights"}, "came twice"),
        (
            {
                "kind": "server_error",
                "path_contains": "insights",
                "after": 9,
                "status": 400,
            },
            "HTTP 400",
        ),
        (
            {"kind": "token_expired", "after": 30, "source": "meta_ads"},
            "Connect the source again",
        ),
        ({"kind": "quota_exceeded", "minutes": 90, "after": 20}, "5400 s"),
    ),
    "search_console": (
        ({"kind": "schema_change", "field": "clicks"}, "documented shape"),
        ({"kind": "schema_change", "field": "keys", "after": 9}, "documented shape"),
        ({"kind": "duplicate_ids", "path_contains": "query", "after": 9}, "come twice"),
        (
            {
                "kind": "server_error",
                "path_contains": "query",
                "after": 9,
                "status": 400,
            },
            "Google refuses",
        ),
    ),
    "weather": (
        ({"kind": "schema_change", "field": "precipitation_sum"}, "documented shape"),
        ({"kind": "server_error", "after": 1, "status": 400}, "Check latitude"),
        ({"kind": "server_error", "status": 403}, "api_key"),
    ),
}
_LASTING = [(slug, *told) for slug, faults in LASTING.items() for told in faults]
of_each = pytest.mark.parametrize("slug", DAYS)


@dataclass(frozen=True)
class Source:
    """A source that can be made to fail, and what it tells when nothing does."""

    reader: Reader
    undisturbed: Ended

    def run(self, state: dict[str, Any] | None = None) -> Ended:
        return self.reader.run(state, **_settings(self.reader.source))

    def fail(self, **fault: Any) -> None:
        """Fail where this source is asked."""
        where = {"path_contains": f"/{self.reader.source}/"}
        self.reader.sandbox.fail(**(where | fault))


def _settings(slug: str) -> dict[str, Any]:
    return {"start_date": days_ago(DAYS[slug]), "request_timeout_seconds": 2}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home = tmp_path_factory.mktemp("sandbox")
    with sandbox_process(home, "--today", TODAY.isoformat()) as sandbox:
        sandbox.ask("POST", "clock", {"now": NOON})
        yield sandbox


@pytest.fixture(scope="module")
def undisturbed(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Ended]:
    """What each source tells, read when nothing fails."""
    told = {}
    for slug in DAYS:
        reader = Reader(sandbox, slug, tmp_path_factory.mktemp(slug))
        told[slug] = reader.run(**_settings(slug))
        assert told[slug].status == 0, told[slug].errors
        assert rows(told[slug].output)
    return told


@pytest.fixture
def source(
    sandbox: Sandbox, undisturbed: dict[str, Ended], slug: str, tmp_path: Path
) -> Iterator[Source]:
    reader = Reader(sandbox, slug, tmp_path)
    yield Source(reader, undisturbed[slug])
    sandbox.heal()
    reader.rotate()


@of_each
@pytest.mark.parametrize("fault", PASSING, ids=name_of)
def test_a_passing_fault_changes_no_row(source: Source, fault: Fault) -> None:
    source.fail(**fault)
    assert_right(source.run(), source.undisturbed)


@pytest.mark.parametrize(
    ("slug", "fault", "words"),
    _LASTING,
    ids=[f"{slug}-{name_of(fault)}" for slug, fault, _ in _LASTING],
)
def test_a_lasting_fault_is_named_and_keeps_the_bookmarks_behind_it(
    source: Source, fault: Fault, words: str
) -> None:
    source.fail(**({"times": None} | fault))
    assert_failed_in_words(source.run(), source.undisturbed, words)


@of_each
def test_a_clock_that_is_weeks_ahead_makes_no_bookmark_of_the_future(
    source: Source,
) -> None:
    source.reader.sandbox.fail("clock_skew", seconds=SKEW, times=None)
    first = source.run()
    source.reader.sandbox.heal()
    second = source.run(first.output.state)
    assert_not_of_the_future(second, source.undisturbed)


@pytest.mark.parametrize("slug", ["google_ads", "search_console"])
def test_a_token_that_dies_in_the_middle_is_renewed(source: Source, slug: str) -> None:
    source.reader.sandbox.fail("token_expired", after=6, source=slug)
    assert_right(source.run(), source.undisturbed)
