"""The settings with which Metabase draws a card, from the little a page file says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from metabase.content.column_formats import FORMATS
from metabase.content.errors import ContentError
from metabase.content.palette import MEANINGS, SERIES_COLORS

__all__ = ["columns_of", "settings_of"]

Settings = dict[str, Any]

_TWO = 2
_BOUNDS = ("_lower", "_upper")
_DAYS = frozenset({"date", "month"})
_RANGE, _COMPARED = (color.upper() for color in MEANINGS["range"])
_SERIES = tuple(color.upper() for color in SERIES_COLORS)
_NAMED: dict[str, Settings] = {
    "first": {"color": _SERIES[0]},
    "second": {"color": _SERIES[1]},
    "range": {"color": _RANGE},
    "compared": {"color": _COMPARED},
    # Where one value stands on a line.
    "point": {"color": _SERIES[1], "line.marker_enabled": True},
}
_GROUNDS = {name: MEANINGS[name][0].upper() for name in ("good", "warn", "poor", "bad")}
_OPERATORS = {"equals": "=", "begins": "starts-with"}


def columns_of(card: Mapping[str, Any]) -> dict[str, str]:
    """The columns that a card draws, in order, and what each is in SQL.

    In a page file a column is its name, or ``name: <SQL>``.
    """
    kind = card["kind"]
    if kind == "number":
        # Of these Metabase shows nothing; pages write them below the number.
        listed = [card["metric"], *card.get("range", ()), *card.get("since", ())]
    elif kind == "trend":
        listed = [card["x"], card["metric"], *card.get("beside", ())]
    elif kind in ("table", "details"):
        listed = card["columns"]
    else:
        shown = [card["x"], card.get("by"), *card["metrics"], card.get("bubble")]
        listed = [one for one in shown if one is not None]
    columns: dict[str, str] = {}
    for one in listed:
        columns |= one if isinstance(one, dict) else {one: one}
    return columns


def settings_of(
    where: str, card: Mapping[str, Any], formats: Mapping[str, str]
) -> Settings:
    """The ``visualization_settings`` of a card.

    Raises
    ------
    ContentError
        It names a colour, a series or a column that is none.
    """
    columns = columns_of(card)
    for key in ("formats", "titles", "series"):
        for name in card.get(key, {}):
            if name not in columns:
                raise ContentError(
                    f"{where}: {key} has {name!r}; it draws {', '.join(columns)}"
                )
    match card["kind"]:
        case "number":
            settings = _number(where, card)
        case "trend":
            settings = _trend(card)
        case "table" | "details":
            settings = _table(where, card)
        case "pie":
            settings = _pie(card)
        case _:
            settings = _chart(where, card, formats)
    own = {**formats, **card.get("formats", {})}
    if card["kind"] == "trend":
        # What a number stands beside is of its unit.
        _, metric, *beside = columns
        own |= {name: own[metric] for name in beside if metric in own}
    titles = card.get("titles", {})
    settings["column_settings"] = {
        f'["name","{name}"]': {
            "column_title": _label(titles.get(name, name)),
            **FORMATS[own.get(name, "text")],
        }
        for name in columns
    }
    return settings


def _number(where: str, card: Mapping[str, Any]) -> Settings:
    name, *_ = columns_of(card)
    settings: Settings = {"scalar.field": name}
    if "colours" in card:
        settings["scalar.segments"] = [
            {"min": low, "max": None, "color": _ink(where, color), "label": ""}
            for color, low in card["colours"].items()
        ]
    return settings


def _trend(card: Mapping[str, Any]) -> Settings:
    """The last value, and its change against the one before and other columns.

    Of a native query Metabase knows no period, only the value before. That more is
    neither better nor worse it cannot be told: it colours what rises as better.
    """
    _, name, *beside = columns_of(card)
    others = [
        {"id": one, "type": "anotherColumn", "column": one, "label": _label(one)}
        for one in beside
    ]
    less_is_better = (
        None if card.get("is_neutral") else bool(card.get("less_is_better"))
    )
    return {
        "scalar.field": name,
        "scalar.comparisons": [{"id": "before", "type": "previousValue"}, *others],
        "scalar.switch_positive_negative": less_is_better,
    }


def _table(where: str, card: Mapping[str, Any]) -> Settings:
    settings: Settings = {
        "table.columns": [{"name": name, "enabled": True} for name in columns_of(card)]
    }
    rules = [
        rule
        for column, told in card.get("colours", {}).items()
        for rule in _text_rules(where, column, told)
    ]
    if "shades" in card:
        few, many = (color.upper() for color in MEANINGS["amount"])
        rules.append(
            {
                "columns": card["shades"],
                "type": "range",
                "colors": [few, many],
                "min_type": "custom",
                "min_value": 0,
                "max_type": "all",
            }
        )
    if rules:
        settings["table.column_formatting"] = rules
    return settings


def _text_rules(where: str, column: str, told: Mapping[str, Any]) -> list[Settings]:
    if len(told) != 1 or not set(told) <= set(_OPERATORS):
        raise ContentError(
            f"{where}: colours: {column} has {sorted(told)}; write one of "
            f"{', '.join(_OPERATORS)}"
        )
    ((operator, values),) = told.items()
    return [
        {
            "columns": [column],
            "type": "single",
            "operator": _OPERATORS[operator],
            "value": f"${{{label}}}",
            "color": _ground(where, name),
            "highlight_row": False,
        }
        for label, name in values.items()
    ]


def _pie(card: Mapping[str, Any]) -> Settings:
    dimension, metric = columns_of(card)
    return {
        "pie.dimension": dimension,
        "pie.metric": metric,
        "pie.show_legend": True,
        "pie.show_total": True,
        "pie.percent_visibility": "inside",
    }


def _chart(where: str, card: Mapping[str, Any], formats: Mapping[str, str]) -> Settings:
    kind, names = card["kind"], list(columns_of(card))
    split = _TWO if "by" in card else 1
    dimensions = names[:split]
    metrics = names[split : split + len(card["metrics"])]
    settings: Settings = {"graph.dimensions": dimensions, "graph.metrics": metrics}
    if "bubble" in card:
        settings["scatter.bubble"] = names[-1]
    scale = card.get("scale")
    if scale == "linear" and formats.get(dimensions[0]) in _DAYS:
        raise ContentError(
            f"{where}: scale: {dimensions[0]} is a {formats[dimensions[0]]}, "
            "no number: leave scale out"
        )
    if kind == "line" and scale is None and formats.get(dimensions[0]) != "date":
        scale = "ordinal"
    if scale:
        settings["graph.x_axis.scale"] = scale
    if kind in ("line", "scatter") or scale:
        settings["graph.x_axis.title_text"] = _label(dimensions[0])
    axis = card.get("axis")
    settings["graph.y_axis.title_text"] = (
        f"${{axes.{axis}}}" if axis else _label(metrics[0])
    )
    if card.get("show_values"):
        settings["graph.show_values"] = True
    if card.get("stacked"):
        settings["stackable.stack_type"] = "stacked"
    is_told_apart = len(dimensions) == 1 and kind != "scatter"
    if is_told_apart and card.get("colours") != "automatic":
        settings["series_settings"] = _series(where, card, metrics)
    return settings


def _series(
    where: str, card: Mapping[str, Any], metrics: Sequence[str]
) -> dict[str, Settings]:
    told = card.get("series", {})
    found = {}
    for place, name in enumerate(metrics):
        style: Settings = {"color": _SERIES[place % len(_SERIES)]}
        if card.get("scale") == "linear":
            style["line.marker_enabled"] = False
        if name.endswith(_BOUNDS):
            style |= {"color": _RANGE, "line.style": "dashed"}
        if name in told:
            if told[name] not in _NAMED:
                raise ContentError(
                    f"{where}: series: {name} is {told[name]!r}, not one of "
                    f"{', '.join(_NAMED)}"
                )
            style |= _NAMED[told[name]]
        found[name] = {"title": _label(name), **style}
    return found


def _ink(where: str, name: str) -> str:
    _ground(where, name)
    return MEANINGS[name][-1].upper()


def _ground(where: str, name: str) -> str:
    if name not in _GROUNDS:
        raise ContentError(f"{where}: {name!r} is no colour: {', '.join(_GROUNDS)}")
    return _GROUNDS[name]


def _label(name: str) -> str:
    return f"${{columns.{name}}}"
