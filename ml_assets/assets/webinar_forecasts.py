"""How many will come to a company's webinars, kept to be held against who came."""

import dagster as dg
import psycopg

from ml_assets.assets.table_rows import append, as_row, read_frame, upsert
from ml_assets.webinars.forecasts import MODEL_VERSION, forecast_webinars
from ml_assets.webinars.registrant_model import FEWEST_EVENTS
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = [
    "REGISTRANT_GROUPS",
    "forecast_attendances",
    "webinar_attendance_forecasts",
]

_TABLE = "webinar_attendance_forecasts"


@dg.asset(
    key=["predictions", _TABLE],
    deps=[
        ["marts", "webinars"],
        ["marts", "webinar_outcomes"],
        ["marts", "webinar_registrations"],
        ["marts", "webinar_people"],
    ],
    partitions_def=company_days,
    group_name="measurement",
    kinds={"python", "numpy"},
    owners=["team:data"],
    code_version=MODEL_VERSION,
    description=(
        "Expected live attendees of each webinar with an interval of 80 %: forecast "
        "until it begins, kept afterwards; of older ones as they would have been. One "
        "row per company and webinar with three before it."
    ),
)
def webinar_attendance_forecasts(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> dg.MaterializeResult[None]:
    """Forecast the webinars of one company that are to come."""
    count = forecast_attendances(warehouse.url(), company_day.company_id(context))
    return dg.MaterializeResult(
        metadata={"dagster/row_count": dg.MetadataValue.int(count)}
    )


def forecast_attendances(url: str, company_id: str) -> int:
    """Forecast a company's webinars; how many were told of.

    What was forecast of a webinar before it began stays as it was.

    Raises
    ------
    CompanyRemoved
    """
    with company_held(url, company_id), connect(url, "scientist") as database:
        webinars = read_frame(database, _WEBINARS, company_id)
        who = None
        if webinars["is_held"].sum() >= FEWEST_EVENTS:
            who = read_frame(database, REGISTRANT_GROUPS, company_id)
        said = forecast_webinars(webinars, who).assign(model_version=MODEL_VERSION)
        dates = webinars.set_index("webinar_id")["as_of_date"]
        said["as_of_date"] = said["webinar_id"].map(dates)
        rows = [
            {"company_id": company_id, **as_row(record)}
            for record in said.to_dict("records")
        ]
        _forget_what_is_gone(database, company_id)
        for kind, write in (("forecast", _replace), ("backtest", _keep)):
            write(database, [row for row in rows if row["kind"] == kind])
    return len(rows)


def _replace(database: psycopg.Connection, rows: list[dict[str, object]]) -> None:
    upsert(database, _TABLE, ("company_id", "webinar_id"), rows)


def _keep(database: psycopg.Connection, rows: list[dict[str, object]]) -> None:
    append(database, _TABLE, rows)


def _forget_what_is_gone(database: psycopg.Connection, company_id: str) -> None:
    """Backtests are made anew; so is what is said of webinars that are no more."""
    database.execute(
        """delete from predictions.webinar_attendance_forecasts as forecasts
        where forecasts.company_id = %(company)s and (
            forecasts.kind = 'backtest'
            or not exists (
                select 1 from marts.webinars as webinars
                where webinars.company_id = %(company)s
                    and webinars.webinar_id = forecasts.webinar_id
            )
        )""",
        {"company": company_id},
    )


# A webinar without any attendee is one whose attendance nobody loaded.
_WEBINARS = """
    with registered as (
        select
            webinar_id,
            count(*) filter (where state = 'at_start') as registrant_count
        from marts.webinar_registrations
        where company_id = %(company)s
        group by webinar_id
    )

    select
        webinars.webinar_id,
        webinars.series,
        webinars.starts_at,
        webinars.is_held,
        webinars.as_of_date,
        webinars.competitor_activity_score,
        webinars.weather_factor,
        webinars.news_sentiment,
        webinars.economic_indicators,
        coalesce(registered.registrant_count, 0) as registrant_count,
        coalesce(outcomes.show_count, 0) as show_count
    from marts.webinars as webinars
    left join registered on webinars.webinar_id = registered.webinar_id
    left join marts.webinar_outcomes as outcomes
        on outcomes.company_id = %(company)s
        and webinars.webinar_id = outcomes.webinar_id
    where webinars.company_id = %(company)s
        and (not webinars.is_held or outcomes.attendee_count > 0)
"""

# Of the newest webinars, as many as one forecast learns from and one is judged by.
# Those registered together who came alike: since when, what they did the last time.
REGISTRANT_GROUPS = """
    with newest as (
        select
            webinars.webinar_id,
            webinars.starts_at,
            webinars.is_held and outcomes.attendee_count > 0 as is_told
        from marts.webinars as webinars
        left join marts.webinar_outcomes as outcomes
            on outcomes.company_id = %(company)s
            and webinars.webinar_id = outcomes.webinar_id
        where webinars.company_id = %(company)s
        order by webinars.starts_at desc, webinars.webinar_id
        limit 120
    ),

    visits as (
        select
            people.webinar_id,
            people.person_id,
            people.channel_id,
            people.registered_at,
            people.is_live_attendee,
            newest.starts_at,
            newest.is_told
        from marts.webinar_people as people
        inner join newest on people.webinar_id = newest.webinar_id
        where people.company_id = %(company)s and people.state = 'at_start'
    ),

    -- What nobody told the attendance of says nothing of the next one.
    last_visits as (
        select
            *,
            array_agg(is_live_attendee) filter (where is_told) over (
                partition by person_id
                order by starts_at
                groups between unbounded preceding and 1 preceding
            ) as earlier
        from visits
    ),

    described as (
        select
            webinar_id,
            channel_id,
            is_live_attendee,
            extract(epoch from starts_at - registered_at) / 86400 as lead_days,
            case
                when earlier is null then 'first'
                when earlier[cardinality(earlier)] then 'came'
                else 'stayed_away'
            end as last_time
        from last_visits
    )

    select
        webinar_id,
        channel_id,
        last_time,
        avg(lead_days)::double precision as lead_days,
        count(*) as registrant_count,
        count(*) filter (where is_live_attendee) as show_count
    from described
    group by
        webinar_id,
        channel_id,
        last_time,
        width_bucket(lead_days, array[1, 3, 7, 14])
"""
