"""Rows of insights as records: every number in them is text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from taps.api_source.ad_accounts import AdAccount
from taps.api_source.errors import SourceError
from taps.api_source.whole_reads import Record

__all__ = ["DELIVERY", "action_records", "delivery", "instant_of"]

Row = dict[str, Any]

#: The figures of every table of days.
DELIVERY = ("spend", "impressions", "clicks", "inline_link_clicks", "reach")

#: Meta always tells these; the others are left out of rows that have none.
_ALWAYS = ("spend", "impressions", "clicks")


def delivery(row: Row, account: AdAccount, names: Sequence[str]) -> Record:
    """One row's figures.

    Parameters
    ----------
    names
        Texts to take over, such as ``campaign_id``.

    Raises
    ------
    SourceError
        The row lacks what every row has, or is not of one day.
    """
    call = f"insights of {account.id}"
    # What is shown may have no name, but is never without its id.
    keys = (name for name in names if not name.endswith("_name"))
    for name in ("date_start", *keys, *_ALWAYS):
        if row.get(name) is None:
            raise SourceError(
                f"a row has no {name}",
                call=call,
                remedy="Meta may have changed its API: check api_version.",
            )
    if row.get("date_stop", row["date_start"]) != row["date_start"]:
        raise SourceError("a row is of more than one day", call=call)
    return {
        "account_id": account.id,
        "date": date.fromisoformat(row["date_start"]),
        **{name: row.get(name) for name in names},
        "currency_code": row.get("account_currency") or account.currency_code,
        "spend": _decimal(row["spend"], call),
        "impressions": _count(row["impressions"]),
        "clicks": _count(row["clicks"]),
        "inline_link_clicks": _count(row.get("inline_link_clicks")),
        "reach": _count(row.get("reach")),
    }


def action_records(row: Row, day: Record, windows: Sequence[str]) -> Iterator[Record]:
    """One record per type of action and window that the row names.

    A window that is not named had no action. It gets no record: a zero would look like
    something that Meta said, and there are many of them.

    Parameters
    ----------
    day
        The row's record of delivery.
    windows
        The windows that were asked for; anything else in the answer is not taken.
    """
    call = f"actions of {day['account_id']} on {day['date']}"
    values = {
        action["action_type"]: action for action in row.get("action_values") or ()
    }
    counts = row.get("actions") or ()
    counted = {action["action_type"] for action in counts}
    only_values = [{"action_type": each} for each in values if each not in counted]
    for action in [*counts, *only_values]:
        kind = action["action_type"]
        value = values.get(kind, {})
        for window in ("value", *windows):
            if window not in action and window not in value:
                continue
            yield {
                "account_id": day["account_id"],
                "date": day["date"],
                "campaign_id": day["campaign_id"],
                "action_type": kind,
                "attribution_window": window,
                "campaign_name": day["campaign_name"],
                "currency_code": day["currency_code"],
                "action_count": _decimal(action.get(window), call),
                "action_value": _decimal(value.get(window), call),
            }


def instant_of(text: str | None) -> datetime | None:
    """A moment of Meta's (2026-01-31T10:00:00+0100) in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _decimal(value: Any, call: str) -> Decimal | None:
    if value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise SourceError(f"'{value}' is not a number", call=call) from None


def _count(value: Any) -> int | None:
    return None if value is None else int(value)
