"""What the media mix reads of the marts."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import psycopg

from ml_assets.assets.table_rows import read_frame

__all__ = ["read_days", "read_margin_rate", "read_spend"]


def read_days(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> pd.DataFrame:
    """The company's rows of `marts.media_mix_days`, oldest first."""
    return read_frame(
        database,
        """select calendar_date, order_count, net_revenue, discount_rate, is_holiday,
            event_ids, mean_temperature_c, precipitation_mm, non_brand_click_count
        from marts.media_mix_days
        where company_id = %(company)s and calendar_date <= %(as_of)s
        order by calendar_date""",
        company_id,
        as_of=as_of_date,
    )


def read_spend(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> pd.DataFrame:
    """Spend per day and channel of `marts.channel_days`; null where none is known."""
    return read_frame(
        database,
        """select calendar_date, channel_id, spend, unconverted_campaign_count
        from marts.channel_days
        where company_id = %(company)s and calendar_date <= %(as_of)s
        order by calendar_date, channel_id""",
        company_id,
        as_of=as_of_date,
    )


def read_margin_rate(database: psycopg.Connection, company_id: str) -> float | None:
    """What stays of revenue after all costs told, a share; None without a margin."""
    row = database.execute(
        """select contribution_margin_rate from marts.contribution_margins
        where company_id = %s""",
        (company_id,),
    ).fetchone()
    return float(row[0]) if row and row[0] is not None else None
