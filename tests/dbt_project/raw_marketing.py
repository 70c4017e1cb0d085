"""What the loader leaves in the raw tables of advertising and search."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import psycopg
from psycopg import sql

__all__ = ["Row", "google_day", "land", "meta_action", "meta_day", "search_day"]
__all__ += ["slice_of_campaigns", "web_day", "web_source"]

Row = Mapping[str, object]

_LOADED_AT = datetime(2026, 3, 1, tzinfo=UTC)


def meta_day(campaign: str, day: str, spend: object, **others: object) -> Row:
    """A campaign's day in Meta's account 10, in EUR."""
    return {
        "account_id": "10",
        "campaign_id": campaign,
        "campaign_name": f"Meta {campaign}",
        "date": day,
        "currency_code": "EUR",
        "spend": spend,
        "impressions": 1000,
        "clicks": 10,
        **others,
    }


def meta_action(
    campaign: str, day: str, counted: tuple[str, str], count: object, value: object
) -> Row:
    """Actions of a kind that Meta counts in a window, in EUR."""
    kind, window = counted
    return {
        "account_id": "10",
        "campaign_id": campaign,
        "date": day,
        "currency_code": "EUR",
        "action_type": kind,
        "attribution_window": window,
        "action_count": count,
        "action_value": value,
    }


def web_day(day: str, sessions: int, **others: object) -> Row:
    """A day of the property 1 in Google Analytics, in all or of a source."""
    return {
        "property_id": "1",
        "date": day,
        "sessions": sessions,
        "engaged_sessions": sessions // 2,
        "users": sessions,
        "new_users": sessions // 4,
        "key_events": 1,
        "time_zone": "America/Santiago",
        "read_at": _LOADED_AT,
        **others,
    }


def web_source(day: str, source: str, sessions: int, **others: object) -> Row:
    """The same of one source."""
    told = {"session_source": source, "session_medium": "x", "session_campaign": "x"}
    return web_day(day, sessions, **told, **others)


def google_day(campaign: str, day: str, cost: object, **others: object) -> Row:
    """A campaign's day in Google's account 1234567890, in EUR."""
    return {
        "customer_id": "1234567890",
        "campaign_id": campaign,
        "campaign_name": f"Google {campaign}",
        "date": day,
        "currency_code": "EUR",
        "cost": cost,
        "impressions": 500,
        "clicks": 5,
        "conversions": 0,
        "conversions_value": 0,
        **others,
    }


def slice_of_campaigns(day: str, row_count: int, control_total: object) -> Row:
    """What Meta says that account 10 spent in all."""
    return {
        "account_id": "10",
        "date": day,
        "stream_name": "campaign_days",
        "total_name": "spend",
        "row_count": row_count,
        "control_total": control_total,
        "read_at": _LOADED_AT,
    }


def search_day(site: str, day: str, clicks: int, **others: object) -> Row:
    """Clicks from web search to a site."""
    return {
        "site_url": site,
        "search_type": "web",
        "date": day,
        "clicks": clicks,
        "impressions": clicks * 20,
        "position": 3,
        **others,
    }


def land(url: str, company_id: str, table: str, *rows: Row) -> None:
    """Load rows of `<schema>.<table>`."""
    with psycopg.connect(url) as connection:
        for row in rows:
            values = {**row, "company_id": company_id, "_sdc_batched_at": _LOADED_AT}
            connection.execute(
                sql.SQL("insert into {} ({}) values ({})").format(
                    sql.Identifier(*table.split(".")),
                    sql.SQL(", ").join(map(sql.Identifier, values)),
                    sql.SQL(", ").join(sql.Placeholder() * len(values)),
                ),
                list(values.values()),
            )
