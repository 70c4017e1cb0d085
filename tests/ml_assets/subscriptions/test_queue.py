"""The queue keeps its entries, steps and lots, and is judged by the lot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from ml_assets.subscriptions.queue import Activity, Entry, Reading, advance, owner_of
from ml_assets.subscriptions.queue_effect import effect_of
from ml_assets.subscriptions.queue_waits import sides_of

MONDAY = dt.date(2026, 6, 1)
WARNS = Reading("urgent", ("low_login", "low_adoption"), is_known=True, was_calm=False)
FAILED = Reading("immediate", (), is_known=True, was_calm=True)
CALM = Reading("none", (), is_known=True, was_calm=True)
BLIND = Reading("none", (), is_known=False, was_calm=False)


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def queue(
    number: int,
    reading: Reading | None,
    entries: Sequence[Entry] = (),
    did: Sequence[Activity] = (),
    account: str = "a0",
) -> list[Entry]:
    """What the queue of one account is on a day."""
    readings = {account: reading} if reading else {}
    return advance(
        entries, readings, {account: did}, company_id="acme", today=day(number)
    )


def test_who_warns_comes_in_once_and_stays_the_same_entry() -> None:
    first = queue(0, WARNS)

    assert queue(0, WARNS, first) == first
    (entry,) = queue(9, WARNS, first)
    assert (entry.opened_on, entry.due_on, entry.is_late) == (MONDAY, day(1), True)
    assert entry.opened_signals == ("low_login", "low_adoption")


def test_a_failed_payment_is_of_today() -> None:
    (entry,) = queue(0, FAILED)

    assert (entry.next_step, entry.due_on) == ("check_in_email", MONDAY)


def test_what_is_unknown_brings_nobody_in_and_nobody_out() -> None:
    assert queue(0, BLIND) == []
    assert queue(14, BLIND, queue(0, WARNS))[0].closed_on is None


def test_an_outreach_or_a_call_without_a_name_is_the_next_step_once_a_day() -> None:
    did = [
        Activity(day(-1), "outreach"),
        Activity(day(1), "call"),
        Activity(day(1), "outreach"),
        Activity(day(2), "training"),
        Activity(day(4), "outreach", step="call", outcome="no_answer"),
    ]

    (entry,) = queue(5, WARNS, queue(0, WARNS), did)

    assert (entry.step_count, entry.next_step) == (2, "feature_email")
    assert (entry.last_outcome, entry.last_contact_on) == ("no_answer", day(4))
    assert entry.is_late


@pytest.mark.parametrize(
    ("number", "reading", "did", "closed"),
    [
        (9, None, [], (day(9), "left")),
        (9, CALM, [], (day(9), "calm")),
        (9, Reading("none", (), True, was_calm=False), [], (None, None)),
        (30, WARNS, [], (day(30), "ended")),
        (
            9,
            WARNS,
            [Activity(day(4), "other", outcome="recovered")],
            (day(4), "recovered"),
        ),
        (9, WARNS, [Activity(day(4), "other", outcome="no_answer")], (None, None)),
    ],
)
def test_an_entry_ends_for_one_reason(
    number: int,
    reading: Reading | None,
    did: list[Activity],
    closed: tuple[dt.date | None, str | None],
) -> None:
    (entry,) = queue(number, reading, queue(0, WARNS), did)

    assert (entry.closed_on, entry.closed_because) == closed
    assert (entry.next_step is None) == (closed[0] is not None)


def test_who_comes_back_rests_before_and_keeps_the_lot_for_90_days() -> None:
    done = queue(30, WARNS, queue(0, WARNS))

    assert len(queue(36, FAILED, done)) == 1
    assert len(queue(37, FAILED, done)) == 2
    assert len(queue(59, WARNS, done)) == 1
    again = queue(60, WARNS, done)[-1]
    anew = queue(120, WARNS, done)[-1]
    assert (again.lot_drawn_on, anew.lot_drawn_on) == (MONDAY, day(120))
    assert again.is_watched == done[0].is_watched


def test_a_tenth_is_watched_and_asked_nothing() -> None:
    readings = {f"a{number}": WARNS for number in range(1000)}

    found = advance([], readings, {}, company_id="acme", today=MONDAY)

    watched = [entry for entry in found if entry.is_watched]
    assert 70 <= len(watched) <= 130
    assert {entry.next_step for entry in watched} == {None}
    other = advance([], readings, {}, company_id="bolt", today=MONDAY)
    assert {e.account_id for e in other if e.is_watched} != {
        e.account_id for e in watched
    }


def test_every_account_has_one_owner_where_there_is_anybody() -> None:
    managers = ["Eva", "Leo", "Eva"]

    assert owner_of("acme", "a", "Ana", managers) == "Ana"
    drawn = {owner_of("acme", f"a{n}", None, managers) for n in range(20)}
    assert drawn == {"Eva", "Leo"}
    assert owner_of("acme", "a", None, []) is None


@pytest.mark.parametrize(
    ("acted", "watched", "status"),
    [
        ((60, 300), (12, 29), "too_early"),
        ((60, 300), (8, 40), "cannot_tell"),
        ((30, 300), (20, 40), "helps"),
        ((200, 300), (5, 40), "harms"),
    ],
)
def test_the_lot_says_whether_acting_keeps_accounts(
    acted: tuple[int, int], watched: tuple[int, int], status: str
) -> None:
    left = np.concatenate([np.arange(n) < hits for hits, n in (acted, watched)])
    is_watched = np.repeat([False, True], [acted[1], watched[1]])

    found = effect_of(left, is_watched, is_good=False)

    assert found.status == status
    assert (found.acted_hit_count, found.watched_count) == (acted[0], watched[1])
    assert np.isnan(found.difference.value) == (status == "too_early")


def entries(watched: bool, *days: int) -> pd.DataFrame:
    opened = [dt.date(2026, 1, 1) + dt.timedelta(days=day) for day in days]
    return pd.DataFrame({"opened_on": opened, "is_watched": watched})


@pytest.mark.parametrize(
    ("acted", "watched", "said"),
    [
        # 28 and 29 had their time: the second acted on, the first watched make 30.
        (entries(False, 5, 3), entries(True, 40), "enough on 2026-05-11"),
        (entries(False, 5, 3), entries(True, 4), "enough on 2026-04-06"),
        (entries(False, 5), entries(True, 40), "first until 2026-04-06; more have"),
        # Their 90 days are over, and nobody knows what became of them.
        (entries(False, -1, -2), entries(True, -5), "Nobody else has come in"),
    ],
)
def test_what_is_too_early_says_from_when(
    acted: pd.DataFrame, watched: pd.DataFrame, said: str
) -> None:
    left = np.zeros(57, dtype=bool)
    is_watched = np.repeat([False, True], [28, 29])
    waiting = pd.concat([acted, watched])

    found = effect_of(
        left,
        is_watched,
        is_good=False,
        waiting=sides_of(waiting, (28, 29), 90, dt.date(2026, 4, 1)),
    )

    assert said in found.verdict


def test_the_interval_of_the_difference_is_newcombes() -> None:
    """Newcombe (1998), table II, example (a): 56/70 less 48/80."""
    happened = np.concatenate([np.arange(70) < 56, np.arange(80) < 48])
    is_watched = np.repeat([False, True], [70, 80])

    difference = effect_of(happened, is_watched, is_good=True).difference

    assert (difference.lower, difference.upper) == pytest.approx(
        (0.0524, 0.3339), abs=5e-5
    )
