"""A query's way from its text to its rows."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sandbox.ad_records import read_ad_days, read_entities
from sandbox.google_ads.access import Caller
from sandbox.google_ads.accounts import Account
from sandbox.google_ads.dates import DateTooOld, requested_range
from sandbox.google_ads.errors import Failure
from sandbox.google_ads.fields import check_fields
from sandbox.google_ads.gaql import InvalidQuery, Query, parse
from sandbox.google_ads.rows import Row, report_rows
from sandbox.google_ads.structure import Structure
from sandbox.simulation.records import AdDay

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["run_report"]


def run_report(
    world: "World", caller: Caller, account: Account, text: str
) -> tuple[Query, list[Row]]:
    """Answer a query about one account.

    Raises
    ------
    Failure
        What the real service answers to a query it does not accept.
    """
    try:
        query = parse(text)
        check_fields(query)
        _check_manager(query, account)
        days = _days(world, caller, account, query)
    except InvalidQuery as problem:
        raise Failure(400, "queryError", problem.code, str(problem)) from None
    except DateTooOld:
        raise Failure(
            400,
            "dateRangeError",
            "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED",
            "The requested date granularity is not supported for the requested date "
            "range: metrics segmented by day, week or hour are available for the last "
            "37 months.",
        ) from None
    entities = read_entities(
        world.store, caller.company, "google_ads", account_id=account.customer_id
    )
    clients = caller.accounts if account.is_manager else [account]
    structure = Structure(account, clients, entities)
    return query, report_rows(query, account, structure, days)


def _days(
    world: "World", caller: Caller, account: Account, query: Query
) -> Iterable[AdDay]:
    zone = world.company(caller.company).zone
    asked = requested_range(query, world.clock.now().astimezone(zone).date())
    return read_ad_days(
        world.store,
        caller.company,
        "google_ads",
        account_id=account.customer_id,
        between=(asked.first, asked.last),
    )


def _check_manager(query: Query, account: Account) -> None:
    if account.is_manager and any(
        field.startswith("metrics.") for field in query.mentioned
    ):
        raise InvalidQuery(
            "REQUESTED_METRICS_FOR_MANAGER",
            "Metrics cannot be requested for a manager account. To retrieve metrics, "
            "issue separate requests against each client account under the manager "
            "account.",
        )
