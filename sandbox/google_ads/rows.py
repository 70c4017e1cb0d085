"""From days of ads to the rows of a report: joined, filtered, grouped, sorted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sandbox.google_ads.accounts import Account
from sandbox.google_ads.conditions import holds
from sandbox.google_ads.conversions import (
    CONVERSION_ACTIONS,
    ConversionAction,
    claimed,
)
from sandbox.google_ads.dates import DATE_SEGMENTS
from sandbox.google_ads.gaql import Query
from sandbox.google_ads.structure import Structure
from sandbox.simulation.records import AdDay

__all__ = ["Row", "report_rows"]

Row = dict[str, Any]
"""A value by GAQL field name: `campaign.id`, `metrics.cost_micros`."""

_KEY: Final[Mapping[str, Callable[[AdDay], str | None]]] = {
    "customer": lambda day: day.account_id,
    "campaign": lambda day: day.campaign_id,
    "ad_group": lambda day: day.adset_id,
    "ad_group_ad": lambda day: day.ad_id,
}


@dataclass
class _Sums:
    """Metrics of one row while it is being added up."""

    cost_micros: int = 0
    impressions: int = 0
    clicks: int = 0
    conversions: float = 0
    conversions_value: float = 0
    all_conversions: float = 0
    all_conversions_value: float = 0
    view_through_conversions: int = 0

    def add(self, day: AdDay, actions: Iterable[ConversionAction]) -> None:
        """Count one ad's day, its conversions as the given actions claim them."""
        self.cost_micros += day.spend_micros
        self.impressions += day.impressions
        self.clicks += day.clicks
        for action in actions:
            part = claimed(action, day)
            if action.is_primary:
                self.conversions += part.count
                self.conversions_value += part.value
            self.all_conversions += part.count
            self.all_conversions_value += part.value
            self.view_through_conversions += part.view_through

    def metrics(self) -> Row:
        return {
            "metrics.cost_micros": self.cost_micros,
            "metrics.impressions": self.impressions,
            "metrics.clicks": self.clicks,
            "metrics.interactions": self.clicks,
            "metrics.average_cpc": self.cost_micros / self.clicks if self.clicks else 0,
            "metrics.ctr": self.clicks / self.impressions if self.impressions else 0,
            "metrics.conversions": self.conversions,
            "metrics.conversions_value": round(self.conversions_value, 6),
            "metrics.all_conversions": self.all_conversions,
            "metrics.all_conversions_value": round(self.all_conversions_value, 6),
            "metrics.view_through_conversions": self.view_through_conversions,
        }


def report_rows(
    query: Query, account: Account, structure: Structure, days: Iterable[AdDay]
) -> list[Row]:
    """All rows of the report; `days` are already those that were asked for."""
    is_report = any(
        field.startswith(("metrics.", "segments.")) for field in query.mentioned
    )
    if is_report:
        rows = _measured(query, structure, days)
    else:
        rows = structure.rows(query.resource)
    rows = [row | account.attributes() for row in rows]
    kept = [row for row in rows if _passes(row, query)]
    for ordering in reversed(query.orderings):
        kept.sort(key=_sort_key(ordering.field), reverse=ordering.is_descending)
    return kept if query.limit is None else kept[: query.limit]


def _measured(query: Query, structure: Structure, days: Iterable[AdDay]) -> list[Row]:
    """A row per thing and selected segments; with segments only where not all is 0."""
    key_of = _KEY[query.resource]
    segments = [field for field in query.fields if field.startswith("segments.")]
    sums: dict[tuple[Any, ...], _Sums] = {}
    if not segments:
        sums = {(identifier,): _Sums() for identifier in structure.ids(query.resource)}
    for day in days:
        identifier = key_of(day)
        if not identifier:
            continue
        for actions, values in _segmented(segments, day):
            found = sums.setdefault((identifier, *values), _Sums())
            found.add(day, actions)
    asked = [field for field in query.mentioned if field.startswith("metrics.")]
    rows = []
    for key, summed in sums.items():
        metrics = summed.metrics()
        if segments and asked and not any(metrics[field] for field in asked):
            continue
        rows.append(
            structure.attributes(query.resource, key[0])
            | dict(zip(segments, key[1:], strict=True))
            | metrics
        )
    return rows


def _segmented(
    segments: list[str], day: AdDay
) -> Iterable[tuple[tuple[ConversionAction, ...], tuple[Any, ...]]]:
    """The combinations of segment values that one ad's day falls into."""
    groups: list[tuple[ConversionAction, ...]] = [CONVERSION_ACTIONS]
    if any(field.startswith("segments.conversion_action") for field in segments):
        groups = [(action,) for action in CONVERSION_ACTIONS]
    for actions in groups:
        yield (
            actions,
            tuple(_segment(field, day.date, actions[0], day) for field in segments),
        )


def _segment(field: str, on: date, action: ConversionAction, day: AdDay) -> Any:
    if field in DATE_SEGMENTS:
        return DATE_SEGMENTS[field](on)
    return {
        "segments.conversion_action": action.resource_name(day.account_id),
        "segments.conversion_action_name": action.name,
        "segments.conversion_action_category": action.category,
    }[field]


def _passes(row: Row, query: Query) -> bool:
    return all(
        holds(condition, row.get(condition.field))
        for condition in query.conditions
        if condition.field not in DATE_SEGMENTS
    )


def _sort_key(field: str) -> Callable[[Row], tuple[bool, Any]]:
    return lambda row: (row.get(field) is not None, row.get(field))
