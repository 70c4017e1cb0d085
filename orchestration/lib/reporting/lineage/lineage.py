"""What a number is made of: its card or column, and every relation below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.reporting.metrics import Metric, read_metrics
from orchestration.lib.reporting.pages import read_cards

__all__ = ["Lineage", "Number", "NumberUnknown", "find_number", "lineage"]


class NumberUnknown(PlainError, LookupError):
    """No card and no metric is called so; the message names some that are."""


@dataclass(frozen=True)
class Number:
    """What people read, and where from.

    ``relations`` are names in the schema reporting; ``metrics`` are those of the
    registry among them, one when a single column was asked for. A card has SQL of its
    own, which says what is on the screen.
    """

    name: str
    relations: tuple[str, ...]
    metrics: tuple[Metric, ...]
    is_card: bool = False


@dataclass(frozen=True)
class Lineage:
    """Relations as ``schema.table``, by room, those nearest to the number first."""

    models: tuple[str, ...]
    predictions: tuple[str, ...]
    raw: tuple[str, ...]
    records: tuple[str, ...]


def find_number(asked: str) -> Number:
    """A card by its name, or a metric by its address or its column.

    Raises
    ------
    NumberUnknown
    """
    metrics = read_metrics()
    cards = read_cards()
    if card := cards.get(asked):
        shown = [
            each
            for each in metrics
            if each.relation in card.views and each.column in card.words
        ]
        return Number(asked, card.views, tuple(shown), is_card=True)
    found = [each for each in metrics if asked in (each.address, each.column)]
    if not found:
        names = sorted(cards)
        near = [
            name for name in names if any(word in name for word in asked.split("_"))
        ]
        raise NumberUnknown(
            f"No card and no number is called {asked!r}. A card goes by its name in "
            f"metabase/pages ({', '.join((near or names)[:6])} …), a number by its "
            "address in `timonel metrics`, such as "
            "reporting.customer_value_totals.predicted_value_12m."
        )
    return Number(asked, tuple({each.relation: None for each in found}), tuple(found))


def lineage(number: Number, manifest: Mapping[str, Any]) -> Lineage:
    """Every relation that the number is made of.

    Parameters
    ----------
    manifest
        dbt's own.
    """
    nodes = {**manifest["nodes"], **manifest["sources"]}
    models = {node["name"]: key for key, node in nodes.items() if _is_model(node)}
    waiting = [models[name] for name in number.relations if name in models]
    seen: dict[str, None] = {}
    while waiting:
        key = waiting.pop(0)
        if key not in seen:
            seen[key] = None
            # dbt ends where a prediction is read; its source says what it is fed.
            fed = nodes.get(key, {}).get("config", {}).get("meta") or {}
            waiting += manifest["parent_map"].get(key, [])
            waiting += [models[name] for name in fed.get("made_from", ())]
    places = [nodes[key] for key in seen if key in nodes]
    return Lineage(
        *(
            tuple(f"{each['schema']}.{_table(each)}" for each in places if is_in(each))
            for is_in in (_is_model, _is_prediction, _is_raw, _is_record)
        )
    )


def _table(node: Mapping[str, Any]) -> str:
    return str(node.get("identifier") or node.get("alias") or node["name"])


def _is_model(node: Mapping[str, Any]) -> bool:
    return str(node["resource_type"]) == "model"


def _is_prediction(node: Mapping[str, Any]) -> bool:
    return not _is_model(node) and str(node["schema"]) == "predictions"


def _is_raw(node: Mapping[str, Any]) -> bool:
    return not _is_model(node) and str(node["schema"]).startswith("raw_")


def _is_record(node: Mapping[str, Any]) -> bool:
    return not _is_model(node) and str(node["schema"]) == "ops"
