"""Journeys out of the marts, attributions into the room `predictions`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import psycopg

from ml_assets.assets.table_rows import insert
from ml_assets.attribution import Comparison
from ml_assets.attribution.rounding import rounded_parts

__all__ = [
    "Slice",
    "attribution_rows",
    "read_journeys",
    "read_last_clicks",
    "replace_attributions",
]

_COLUMNS = ["journey_id", "value", "channel", "touched_at"]
_CONVERSION_PLACES = 6
_VALUE_PLACES = 2
_BOUNDED = ("conversions", "value", "share")


@dataclass(frozen=True)
class Slice:
    """Whose attribution this is, and of which orders."""

    company_id: str
    as_of_date: dt.date
    window_days: int
    currency_code: str
    model_version: str
    attributed_at: dt.datetime


def read_journeys(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date, window_days: int
) -> pd.DataFrame:
    """Touches before the orders of the window, for `attribution.compare`.

    The orders are those that `marts.channel_days` counts. One without touches is a
    row without channel and moment.
    """
    rows = database.execute(
        """select
            orders.order_id,
            orders.net_revenue::double precision,
            touches.channel_id,
            touches.touched_at
        from marts.orders as orders
        left join marts.journey_touchpoints as touches
            on touches.company_id = orders.company_id
            and touches.order_id = orders.order_id
        where orders.company_id = %s
            and orders.order_date > %s and orders.order_date <= %s
            and orders.is_recognised
            and orders.currency_rate is not null
            and coalesce(orders.exclusion_reason, '')
                not in ('credit_note', 'nothing_sold')
        order by orders.order_id, touches.touch_number""",
        (company_id, as_of_date - dt.timedelta(days=window_days), as_of_date),
    ).fetchall()
    frame = pd.DataFrame(rows, columns=_COLUMNS).assign(converted=True)
    return frame.assign(touched_at=pd.to_datetime(frame["touched_at"], utc=True))


def read_last_clicks(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date, window_days: int
) -> dict[str, int]:
    """Orders of the window by the channel of their last click, where there are any."""
    rows = database.execute(
        """select channel_id, sum(last_click_order_count)
        from marts.channel_days
        where company_id = %s and calendar_date > %s and calendar_date <= %s
        group by channel_id having sum(last_click_order_count) > 0""",
        (company_id, as_of_date - dt.timedelta(days=window_days), as_of_date),
    ).fetchall()
    return {channel: int(count) for channel, count in rows}


def attribution_rows(of: Slice, comparison: Comparison | None) -> list[dict[str, Any]]:
    """The slice's rows; none without a comparison."""
    return list(_rows(of, comparison.rows)) if comparison else []


def replace_attributions(
    database: psycopg.Connection, of: Slice, rows: list[dict[str, Any]]
) -> None:
    """Put rows in place of the slice's; none leave it empty."""
    database.execute(
        """delete from predictions.channel_attributions
        where company_id = %s and as_of_date = %s""",
        (of.company_id, of.as_of_date),
    )
    insert(database, "channel_attributions", rows)


def _rows(of: Slice, compared: pd.DataFrame) -> Iterator[dict[str, Any]]:
    key = {"company_id": of.company_id, "as_of_date": of.as_of_date}
    for method, found in compared.groupby("method", sort=False):
        exact = {
            "conversions": rounded_parts(
                found["conversions"].to_numpy(), _CONVERSION_PLACES
            ),
            "value": rounded_parts(found["value"].to_numpy(), _VALUE_PLACES),
        }
        for row in found.assign(**exact).to_dict("records"):
            bounds = {
                f"{measure}{bound}": float(row[f"{measure}{bound}"])
                for measure in _BOUNDED
                for bound in ("", "_lower", "_upper")
            }
            yield {
                **key,
                "method": str(method),
                "channel_id": str(row["channel"]),
                "window_days": of.window_days,
                **bounds,
                "currency_code": of.currency_code,
                "model_version": of.model_version,
                "attributed_at": of.attributed_at,
            }
