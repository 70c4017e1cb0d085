"""Rows of insights: days of ads, grouped and written as text."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from sandbox.ad_records import read_ad_days
from sandbox.meta_ads.access import SOURCE
from sandbox.meta_ads.account import AdAccount
from sandbox.meta_ads.actions import action_values, actions, money
from sandbox.meta_ads.question import Level, Period, Question
from sandbox.meta_ads.statuses import effective_status
from sandbox.meta_ads.sums import Sums, by_platform
from sandbox.simulation.records import AdDay

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["insight_rows"]

_LEVELS: Final[tuple[Level, ...]] = ("account", "campaign", "adset", "ad")
_METRICS: Final = ("spend", "impressions", "clicks", "reach")


def insight_rows(
    world: "World", account: AdAccount, question: Question, node: str
) -> list[dict[str, Any]]:
    """The rows about `node` (act_…, or the id of something in the account).

    Without delivery there is no row. Below the level of the account, what was deleted
    is counted only if a filter on its effective_status names it, while the levels
    above it still contain it.
    """
    groups: dict[tuple[Any, ...], tuple[Sums, AdDay, Period, str]] = {}
    for period in question.periods:
        for day in _days(world, account, question, node, period):
            for platform, part in _parts(question, day):
                key = (period, _identifier(question.level, day), platform)
                found = groups.setdefault(key, (Sums(), day, period, platform))
                found[0].add(part)
    rows = [
        _row(account, question, *group)
        for group in groups.values()
        if group[0].is_delivered
    ]
    measured = [one for one in question.filters if one.attribute in _METRICS]
    return [row for row in rows if all(one.holds(row) for one in measured)]


def _days(
    world: "World", account: AdAccount, question: Question, node: str, period: Period
) -> Iterator[AdDay]:
    days = read_ad_days(
        world.store,
        account.company.slug,
        SOURCE,
        account_id=account.id,
        between=period,
    )
    is_wanted = _wanted(account, question, node)
    return (day for day in days if is_wanted(day))


def _wanted(
    account: AdAccount, question: Question, node: str
) -> Callable[[AdDay], bool]:
    """Whether an ad's day is about the node and passes the filters on entities."""
    filters = [one for one in question.filters if one.attribute not in _METRICS]
    asks_status = any(one.attribute == "effective_status" for one in filters)
    is_whole_account = node.startswith("act_")
    hides_deleted = is_whole_account and question.level != "account" and not asks_status
    known: dict[tuple[str | None, ...], bool] = {}

    def decide(day: AdDay) -> bool:
        values = _filterable(account, question.level, day)
        if hides_deleted and values.get("effective_status") == "DELETED":
            return False
        ids = (day.campaign_id, day.adset_id, day.ad_id)
        is_inside = is_whole_account or node in ids
        return is_inside and all(one.holds(values) for one in filters)

    def is_wanted(day: AdDay) -> bool:
        key = (day.campaign_id, day.adset_id, day.ad_id)
        if key not in known:
            known[key] = decide(day)
        return known[key]

    return is_wanted


def _filterable(account: AdAccount, level: Level, day: AdDay) -> dict[str, Any]:
    """Ids and states by filter field; without a level, those of the level asked for."""
    found: dict[str, Any] = {}
    ids = {"campaign": day.campaign_id, "adset": day.adset_id, "ad": day.ad_id}
    for name, identifier in ids.items():
        entity = account.entities.get((name, str(identifier)))
        found[f"{name}.id"] = identifier
        if entity is not None:
            found[f"{name}.effective_status"] = effective_status(
                entity, account.entities
            )
        if name == level:
            found["id"] = identifier
            found["effective_status"] = found.get(f"{name}.effective_status")
    return found


def _parts(question: Question, day: AdDay) -> Iterable[tuple[str, AdDay]]:
    return by_platform(day) if question.is_by_platform else [("", day)]


def _identifier(level: Level, day: AdDay) -> str | None:
    return {
        "account": day.account_id,
        "campaign": day.campaign_id,
        "adset": day.adset_id,
        "ad": day.ad_id,
    }[level]


def _row(  # noqa: PLR0913, PLR0917
    account: AdAccount,
    question: Question,
    sums: Sums,
    day: AdDay,
    period: Period,
    platform: str,
) -> dict[str, Any]:
    """Every number is text; what has no value is left out."""
    values = _names(account, question.level, day) | _figures(sums, day.exponent)
    values["actions"] = actions(sums, question.windows)
    values["action_values"] = action_values(sums, question.windows, day.exponent)
    found = {name: values[name] for name in question.fields if values.get(name)}
    found["date_start"] = period[0].isoformat()
    found["date_stop"] = period[1].isoformat()
    if question.is_by_platform:
        found["publisher_platform"] = platform
    return found


def _names(account: AdAccount, level: Level, day: AdDay) -> dict[str, Any]:
    found: dict[str, Any] = {
        "account_id": account.id,
        "account_name": account.company.name,
        "account_currency": day.currency,
    }
    depth = _LEVELS.index(level)
    if depth >= 1:
        found |= {
            "campaign_id": day.campaign_id,
            "campaign_name": day.campaign_name,
            "objective": day.campaign_kind,
            "buying_type": "AUCTION",
        }
    if depth >= 2:
        found |= {
            "adset_id": day.adset_id,
            "adset_name": day.adset_name,
            "attribution_setting": "7d_click_1d_view",
        }
    if depth >= 3:
        found |= {"ad_id": day.ad_id, "ad_name": day.ad_name}
    return found


def _figures(sums: Sums, exponent: int) -> dict[str, str]:
    spend = sums.spend_minor / 10**exponent
    found = {
        "spend": money(sums.spend_minor, exponent),
        "impressions": str(sums.impressions),
        "clicks": str(sums.clicks),
        "reach": str(sums.reach),
    }
    if sums.inline_link_clicks:
        found["inline_link_clicks"] = str(sums.inline_link_clicks)
    if sums.impressions:
        found["cpm"] = f"{1_000 * spend / sums.impressions:.6f}"
        found["ctr"] = f"{100 * sums.clicks / sums.impressions:.6f}"
    if sums.clicks:
        found["cpc"] = f"{spend / sums.clicks:.6f}"
    if sums.reach:
        found["frequency"] = f"{sums.impressions / sums.reach:.6f}"
        found["cpp"] = f"{1_000 * spend / sums.reach:.6f}"
    return found
