"""What the value models are given: purchases, summaries, and what was said before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pandas as pd
import psycopg
import pyarrow as pa
from psycopg import sql

from ml_assets.assets.many_rows import read_many
from ml_assets.assets.table_rows import names
from ml_assets.clv.drift import LastPublished
from ml_assets.clv.fit_identity import MODEL_VERSION, fit_id
from ml_assets.clv.sources import SOURCE_WINDOW_DAYS
from ml_assets.clv.valuation import MartTotals, ValuationSettings, method_of
from orchestration.lib.tenancy.companies import Company

__all__ = [
    "PURCHASES",
    "FitIdentity",
    "identify",
    "is_published",
    "read_first_channels",
    "read_last_published",
    "read_mart_totals",
    "read_purchases",
    "read_sources",
    "read_summaries",
]

#: Columns of purchases as `read_many` takes them.
PURCHASES: Final = {
    "customer_id": pa.string(),
    "ordered_at": pa.timestamp("s"),
    "amount": pa.float64(),
}
_SUMMARIES: Final = {
    "customer_id": pa.string(),
    "as_of_date": pa.date32(),
    "currency_code": pa.string(),
    "last_order_date": pa.date32(),
    "order_count": pa.int64(),
    "frequency": pa.int64(),
    "recency_days": pa.int64(),
    "age_days": pa.int64(),
    "monetary_value": pa.float64(),
    "historic_value": pa.float64(),
}
_LAST: Final = (
    "customer_id",
    "frequency",
    "recency_days",
    "age_days",
    "historic_value",
    "predicted_value_12m",
    "status",
)


@dataclass(frozen=True)
class FitIdentity:
    """Which fit of which company this is."""

    company_id: str
    fit_id: str
    as_of_date: dt.date
    data_through_date: dt.date | None
    data_hash: str
    currency_code: str
    settings: dict[str, float]
    fitted_at: dt.datetime
    #: Of a month end afterwards: never in force.
    is_replayed: bool = False


def identify(
    company: Company,
    as_of_date: dt.date,
    hashed: str,
    summaries: pd.DataFrame,
    chosen: ValuationSettings,
) -> FitIdentity:
    """Which fit this is: the same company, day, purchases and settings are one.

    Parameters
    ----------
    hashed
        `fit_identity.data_hash` of the summaries.
    """
    settings = chosen.as_json()
    return FitIdentity(
        company_id=company.company_id,
        fit_id=fit_id(
            company.company_id,
            as_of_date,
            MODEL_VERSION,
            hashed,
            {**settings, "currency_code": company.currency_code},
        ),
        as_of_date=as_of_date,
        data_through_date=summaries["last_order_date"].max()
        if len(summaries)
        else None,
        data_hash=hashed,
        currency_code=company.currency_code,
        settings=settings,
        fitted_at=dt.datetime.now(dt.UTC),
    )


def read_purchases(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> pd.DataFrame:
    """Purchase days up to the as-of date: `customer_id`, `ordered_at`, `amount`."""
    query = """select customer_id, order_date as ordered_at,
            sum(net_revenue)::double precision as amount
        from marts.orders
        where company_id = %s and is_purchase and order_date <= %s
        group by customer_id, order_date"""
    return read_many(database, query, (company_id, as_of_date), PURCHASES)


def read_summaries(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """The company's rows of ``marts.customer_summaries``; dates stay dates.

    Money is float64, as the models take it: cents of any amount they judge fit.
    """
    query = """select customer_id, as_of_date, currency_code, last_order_date,
            order_count, frequency, recency_days, age_days,
            monetary_value::double precision as monetary_value,
            historic_value::double precision as historic_value
        from marts.customer_summaries
        where company_id = %s
        order by customer_id collate "C" """
    return read_many(database, query, (company_id,), _SUMMARIES)


def read_first_channels(
    database: psycopg.Connection, company_id: str
) -> dict[str, str]:
    """The channel each customer's first order came by; who has none is left out."""
    return dict(
        database.execute(
            """select customer_id, first_channel_id from marts.customers
            where company_id = %s and first_channel_id is not null""",
            (company_id,),
        ).fetchall()
    )


def read_mart_totals(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> MartTotals:
    """What the company's orders say, counted without the summaries between."""
    row = database.execute(
        """select count(distinct customer_id), coalesce(sum(net_revenue), 0)
        from marts.orders
        where company_id = %s and is_purchase and order_date <= %s""",
        (company_id, as_of_date),
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always has a row
    return MartTotals(*row)


def read_sources(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> pd.DataFrame:
    """Last order and share of each source, as `living_sources` wants them."""
    rows = database.execute(
        """with purchases as (
            select source_slug || ' ' || source_contract as source, order_date
            from marts.orders
            where company_id = %(company)s and is_purchase and order_date <= %(as_of)s
        ),
        sources as (
            select source, max(order_date) as last_order_date
            from purchases group by source
        )
        select
            sources.source,
            sources.last_order_date,
            avg((purchases.source = sources.source)::integer)::double precision
        from sources
        inner join purchases
            on purchases.order_date <= sources.last_order_date
            and purchases.order_date > sources.last_order_date - %(window)s::integer
        group by sources.source, sources.last_order_date
        order by sources.source""",
        {"company": company_id, "as_of": as_of_date, "window": SOURCE_WINDOW_DAYS},
    ).fetchall()
    return pd.DataFrame(rows, columns=["source", "last_order_date", "share"])


def read_last_published(
    database: psycopg.Connection, identity: FitIdentity
) -> LastPublished | None:
    """The last good run up to the as-of date, of one date the one made last.

    Month ends predicted afterwards are a past only to each other.
    Never the same fit: running again on the same data is judged as the first time.
    """
    fit = database.execute(
        """select fits.fit_id, fits.as_of_date, fits.model_version
        from predictions.model_fits as fits
        where fits.company_id = %s and fits.status = 'published'
            and fits.as_of_date <= %s and fits.fit_id <> %s
            and (%s or not fits.is_replayed)
        order by fits.as_of_date desc, fits.fitted_at desc limit 1""",
        (
            identity.company_id,
            identity.as_of_date,
            identity.fit_id,
            identity.is_replayed,
        ),
    ).fetchone()
    if fit is None:
        return None
    fit_id, published_on, model_version = fit
    query = sql.SQL(
        """select {} from predictions.predictions_customer_history
        where company_id = %s and fit_id = %s"""
    ).format(names(_LAST))
    rows = database.execute(query, (identity.company_id, fit_id)).fetchall()
    frame = pd.DataFrame(rows, columns=list(_LAST))
    if frame.empty:
        return None
    amounts = database.execute(
        """select observed from predictions.gate_results
        where company_id = %s and fit_id = %s and gate = 'usual_amounts'""",
        (identity.company_id, fit_id),
    ).fetchone()
    return LastPublished(
        published_on,
        method_of(frame["status"].iloc[0], model_version),
        frame.drop(columns="status"),
        amounts[0] if amounts else None,
    )


def is_published(database: psycopg.Connection, identity: FitIdentity) -> bool:
    """Whether exactly this fit was published before."""
    row = database.execute(
        """select 1 from predictions.model_fits
        where company_id = %s and fit_id = %s and status = 'published'""",
        (identity.company_id, identity.fit_id),
    ).fetchone()
    return row is not None
