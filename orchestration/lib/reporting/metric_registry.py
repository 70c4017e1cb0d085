"""Metrics as they are declared: once each, in ``dbt_project/metrics/<domain>.yml``.

A column of the dbt project names the metric it is, ``config: {meta: {metric: NAME}}``,
and pages of Metabase take title and number format from the same files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.core.translations import LANGUAGES
from orchestration.lib.core.yaml_files import parsed

__all__ = ["REGISTRY", "Declaration", "Limits", "MetricBroken", "Page", "read_registry"]

Page = Literal[
    "customers",
    "acquisition",
    "engagement",
    "operations",
    "retention",
    "segmentation",
    "marketing",
    "currencies",
    "sales",
    "community",
    "saas",
    "webinars",
]

REGISTRY = PROJECT_ROOT / "dbt_project" / "metrics"

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "unit": (
        *("share", "count", "money", "days", "months", "hours", "score"),
        *(
            "ratio",
            "orders_per_customer",
            "percent_change",
            "points",
            "minutes",
            "seconds",
        ),
    ),
    "direction": ("higher_is_better", "lower_is_better", "neutral"),
    "owner": ("marketing", "operations", "finance", "data"),
    "service_level": ("tactical", "operational", "financial"),
    "page": get_args(Page),
}
_NEEDED = {"label", "formula", "unit", "direction", "owner", "service_level"}
_KEYS = _NEEDED | {"format", "page", "limits"}
_OF_PENDING = {"is_pending", "label", "formula"}
_THRESHOLDS = ("target", "warn", "critical")
_LIMITS = {"relation", "status", *_THRESHOLDS, "sample", "sample_minimum"}
_LIMITS |= {"warn_severity"}


class MetricBroken(PlainError, ValueError):
    """A metric is declared wrongly; the message says where and what to write."""


@dataclass(frozen=True)
class Limits:
    """When the metric alarms, on one of the relations that hold it.

    ``target``, ``warn`` and ``critical`` are in the metric's unit; ``status`` says
    whether the owner set them, they are only proposed, or none is here: each company
    sets its own (``timonel company target``). Past ``warn`` an alert is of
    ``warn_severity``, past ``critical`` it is critical. ``sample`` is the column of
    the same row that says how many a number rests on; below ``sample_minimum`` of them
    nobody is alarmed.
    """

    relation: str
    status: str
    target: float | None = None
    warn: float | None = None
    critical: float | None = None
    sample: str | None = None
    sample_minimum: int | None = None
    warn_severity: str = "high"


@dataclass(frozen=True)
class Declaration:
    """A metric, wherever it stands.

    ``unit`` says what it is counted in: a share is between 0 and 1, money is in the
    company's currency, days and hours are lengths of time. ``page`` is where the
    columns of models of several pages belong.
    """

    name: str
    domain: str
    label: Mapping[str, str]
    formula: str
    unit: str
    direction: str
    owner: str
    service_level: str
    page: str | None = None
    format: str | None = None
    limits: Limits | None = None


def read_registry(folder: Path = REGISTRY) -> dict[str, Declaration]:
    """Every metric, by name; one that is pending is none until somebody defines it.

    Raises
    ------
    MetricBroken
        A metric lacks something, has a word that means nothing here, or has the name
        or the label of another.
    """
    found: dict[str, Declaration] = {}
    labels: dict[tuple[str, str], str] = {}
    for file in sorted(folder.glob("*.yml")):
        for name, told in parsed(file).items():
            where = f"{file.name}: {name}"
            if told.get("is_pending"):
                _check_keys(where, told, _OF_PENDING, _OF_PENDING)
                continue
            if name in found:
                raise MetricBroken(
                    f"{where} is declared in {found[name].domain}.yml too"
                )
            found[name] = _declaration(where, name, file.stem, told)
            for one in found[name].label.items():
                if one in labels:
                    raise MetricBroken(
                        f"{where}: {one[1]!r} is the label of {labels[one]}"
                    )
                labels[one] = name
    return found


def _declaration(
    where: str, name: str, domain: str, told: Mapping[str, Any]
) -> Declaration:
    _check_keys(where, told, _NEEDED, _KEYS)
    for key, choices in _CHOICES.items():
        if told.get(key, choices[0]) not in choices:
            raise MetricBroken(
                f"{where}: {key} is {told[key]!r}; choose one of {', '.join(choices)}"
            )
    if set(told["label"]) != set(LANGUAGES):
        raise MetricBroken(f"{where}: label has {list(told['label'])}; {LANGUAGES}")
    limits = _limits(where, told["limits"]) if "limits" in told else None
    return Declaration(**{**told, "name": name, "domain": domain, "limits": limits})


def _limits(where: str, told: Mapping[str, Any]) -> Limits:
    _check_keys(f"{where}: limits", told, {"relation", "status"}, _LIMITS)
    given = [told[key] for key in _THRESHOLDS if key in told]
    is_ours = told["status"] in ("owner", "proposed")
    if is_ours != bool(given) or not (is_ours or told["status"] == "company"):
        raise MetricBroken(
            f"{where}: limits: status is {told['status']!r}; write owner or proposed, "
            f"and one of {', '.join(_THRESHOLDS)}; or company, and none of them"
        )
    if told.get("warn_severity", "high") not in ("high", "medium"):
        raise MetricBroken(f"{where}: limits: warn_severity is high or medium")
    for one in given:
        if not isinstance(one, int | float):
            raise MetricBroken(f"{where}: limits: {one!r} is no number")
    minimum = told.get("sample_minimum")
    is_counted = isinstance(minimum, int) and minimum > 0
    if ("sample" in told or minimum is not None) and not (
        "sample" in told and is_counted
    ):
        raise MetricBroken(
            f"{where}: limits: sample_minimum is {minimum!r}; write how many "
            f"{told.get('sample')} a number must rest on before anybody is alarmed"
        )
    return Limits(**told)


def _check_keys(
    where: str, told: Mapping[str, Any], needed: set[str], known: set[str]
) -> None:
    if missing := sorted(needed - set(told)):
        raise MetricBroken(f"{where} lacks {', '.join(missing)}.")
    if unknown := sorted(set(told) - known):
        raise MetricBroken(
            f"{where} has {unknown[0]!r}; it may have {', '.join(sorted(known))}."
        )
