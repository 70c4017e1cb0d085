"""The queue of accounts to bring back, kept from run to run, and whether it works."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd
import psycopg

from ml_assets.assets.spoken import in_spanish
from ml_assets.assets.table_rows import read_frame
from ml_assets.subscriptions.queue import (
    Activity,
    Entry,
    Reading,
    advance,
    owner_of,
)
from ml_assets.subscriptions.queue_effect import CALM_DAYS, LEFT_DAYS, effect_of
from ml_assets.subscriptions.queue_waits import sides_of
from ml_assets.subscriptions.reengagement import reasons_of
from ml_assets.subscriptions.signals import SIGNALS
from ml_assets.subscriptions.standing import Scored

__all__ = ["queue_tables"]

INACTIVITY = "inactivity"
#: What is looked at, after how many days, and whether it is meant to happen.
_OUTCOMES = (
    ("calm_after_28d", CALM_DAYS, True),
    ("left_within_90d", LEFT_DAYS, False),
)
_NAMES = [field.name for field in fields(Entry)]


def queue_tables(
    database: psycopg.Connection,
    company_id: str,
    scored: Scored,
    raised: pd.DataFrame,
    departures: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """The queue as of today, and what became of those acted on and only watched.

    Parameters
    ----------
    raised
        Of `standing.warnings`.
    departures
        ``account_id``, ``effective_on`` (datetime), ``lost_ratio``.
    """
    today = scored.today.date()
    before = read_frame(database, _QUEUE, company_id)
    entries = advance(
        [_entry(row) for row in before.to_dict("records")],
        _readings(scored, raised),
        _activities(read_frame(database, _ACTIVITIES, company_id)),
        company_id=company_id,
        today=today,
    )
    queue = pd.DataFrame([_row(entry) for entry in entries], columns=_NAMES)
    if queue.empty:
        empty = _effects(queue, today).assign(as_of_date=today)
        return {"account_queue": queue, "account_queue_effects": empty}
    known = {(r["account_id"], r["opened_on"]): r for r in before.to_dict("records")}
    calm = _calm_by_week(raised)
    went = departures[departures["lost_ratio"] >= 0.5]
    managers = read_frame(database, _MANAGERS, company_id)
    # As objects: a column of yes, no and nothing would become numbers.
    queue["left_within_90d"] = pd.Series(
        [_left(entry, went, today) for entry in entries], dtype=object
    )
    queue["calm_after_28d"] = pd.Series(
        [
            _calm(entry, known.get((entry.account_id, entry.opened_on)), calm)
            for entry in entries
        ],
        dtype=object,
    )
    queue = queue.assign(**_owners(company_id, queue["account_id"], managers))
    effects = _effects(queue[queue["opened_on"] == queue["lot_drawn_on"]], today)
    as_of: dict[str, Any] = {"as_of_date": today}
    return {
        "account_queue": queue.assign(**as_of),
        "account_queue_effects": effects.assign(**as_of),
    }


def _entry(row: Mapping[Any, Any]) -> Entry:
    told = {name: _known(row[name]) for name in _NAMES if name != "opened_signals"}
    return Entry(**told, opened_signals=tuple(row["opened_signals"]))


def _known(value: Any) -> Any:
    """None of what is missing, which a column of words tells as a number."""
    return None if pd.isna(value) else value


def _row(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry), "opened_signals": list(entry.opened_signals)}


def _readings(scored: Scored, raised: pd.DataFrame) -> dict[str, Reading]:
    """What each account of today raises; who is idle raises that, too."""
    idle = dict(
        zip(
            scored.current["account_id"],
            reasons_of(scored.current)[INACTIVITY],
            strict=True,
        )
    )
    earlier = raised[
        raised["week_start_date"] <= scored.today - pd.Timedelta(days=7)
    ].sort_values("week_start_date")
    last = earlier[earlier["week_start_date"] == earlier["week_start_date"].max()]
    was_calm = {row["account_id"]: _is_calm(row) for row in last.to_dict("records")}
    now = raised[raised["week_start_date"] == scored.today].to_dict("records")
    return {
        row["account_id"]: Reading(
            trigger=str(row["trigger"]),
            signals=(
                *(name for name in SIGNALS if row[name] == 1),
                *([INACTIVITY] if idle[row["account_id"]] else []),
            ),
            is_known=bool(row["known_signal_count"]),
            was_calm=was_calm.get(row["account_id"], False) is True,
        )
        for row in now
    }


def _is_calm(row: Mapping[Any, Any]) -> bool | None:
    """Nothing raised; None where nothing is known."""
    if row["trigger"] == "none" and not row["known_signal_count"]:
        return None
    return bool(row["trigger"] == "none")


def _activities(found: pd.DataFrame) -> dict[str, list[Activity]]:
    told: dict[str, list[Activity]] = {}
    for row in found.to_dict("records"):
        told.setdefault(row["account_id"], []).append(
            Activity(
                row["activity_date"],
                row["activity_kind"],
                _known(row["sequence_step"]),
                _known(row["outcome"]),
            )
        )
    return told


def _owners(
    company_id: str, accounts: Iterable[str], managers: pd.DataFrame
) -> dict[str, list[Any]]:
    """Who acts, and whether the lot chose them."""
    own = dict(zip(managers["account_id"], managers["cs_manager"], strict=True))
    everybody = sorted(set(own.values()))
    names = list(accounts)
    return {
        "owner": [owner_of(company_id, a, own.get(a), everybody) for a in names],
        "is_owner_drawn": [a not in own and bool(everybody) for a in names],
    }


def _left(entry: Entry, went: pd.DataFrame, today: dt.date) -> bool | None:
    """Whether it left within 90 days; None while they are not over."""
    if (today - entry.opened_on).days < LEFT_DAYS:
        return None
    opened = pd.Timestamp(entry.opened_on)
    days = went[went["account_id"] == entry.account_id]["effective_on"]
    until = opened + pd.Timedelta(days=LEFT_DAYS)
    return bool(((days > opened) & (days <= until)).any())


def _calm_by_week(raised: pd.DataFrame) -> dict[dt.date, dict[str, bool | None]]:
    """By Sunday and account; Sundays of which nothing is known are left out."""
    told: dict[dt.date, dict[str, bool | None]] = {}
    for row in raised[
        ["account_id", "week_start_date", "trigger", "known_signal_count"]
    ].to_dict("records"):
        week = told.setdefault(row["week_start_date"].date(), {})
        week[row["account_id"]] = _is_calm(row)
    return {
        day: week
        for day, week in told.items()
        if any(value is not None for value in week.values())
    }


def _calm(
    entry: Entry,
    before: Mapping[Any, Any] | None,
    calm: Mapping[dt.date, Mapping[str, bool | None]],
) -> bool | None:
    """As of the last Sunday of its 28 days; what was said once stays said.

    Who is no customer by then is not calm. None while the days are not over, and where
    nothing was known.
    """
    if before is not None and before["calm_after_28d"] is not None:
        return bool(before["calm_after_28d"])
    last = entry.opened_on + dt.timedelta(days=CALM_DAYS)
    sunday = last - dt.timedelta(days=(last.weekday() + 1) % 7)
    return calm[sunday].get(entry.account_id, False) if sunday in calm else None


def _effects(queue: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """A row per outcome; of entries whose lot was drawn when they came in."""
    rows = []
    for name, days, is_good in _OUTCOMES:
        found = queue if name in queue else queue.assign(**{name: None})
        due = found[found[name].notna()]
        is_watched = due["is_watched"].to_numpy(np.bool_)
        effect = effect_of(
            due[name].to_numpy(np.bool_),
            is_watched,
            is_good=is_good,
            waiting=sides_of(
                found[found[name].isna()],
                (int((~is_watched).sum()), int(is_watched.sum())),
                days,
                today,
            ),
        )
        rows.append(
            {
                "effect_name": name,
                "status": effect.status,
                "verdict_en": str(effect.verdict),
                "verdict_es": in_spanish(effect.verdict),
                "acted_count": effect.acted_count,
                "acted_hit_count": effect.acted_hit_count,
                "acted_ratio": effect.acted.value,
                "acted_ratio_lower": effect.acted.lower,
                "acted_ratio_upper": effect.acted.upper,
                "watched_count": effect.watched_count,
                "watched_hit_count": effect.watched_hit_count,
                "watched_ratio": effect.watched.value,
                "watched_ratio_lower": effect.watched.lower,
                "watched_ratio_upper": effect.watched.upper,
                "difference": effect.difference.value,
                "difference_lower": effect.difference.lower,
                "difference_upper": effect.difference.upper,
            }
        )
    return pd.DataFrame(rows)


_QUEUE = """
    select * from predictions.account_queue
    where company_id = %(company)s
    order by opened_on, account_id
"""
_ACTIVITIES = """
    select account_id, activity_date, activity_kind, sequence_step, outcome
    from marts.account_activities
    where company_id = %(company)s
    order by account_id, activity_date, activity_id
"""
_MANAGERS = """
    select account_id, cs_manager from marts.accounts
    where company_id = %(company)s and cs_manager is not null
"""
