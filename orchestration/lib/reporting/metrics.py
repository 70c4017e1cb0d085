"""The metric registry: what each number is, read from the dbt project.

A metric is declared once, under `config: {meta: {metric: ...}}` of the column that
holds it. Documents, captions and alert rules are made from what stands there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.warehouse.dbt import dbt_project, prepare_manifest

__all__ = [
    "Metric",
    "MetricBroken",
    "Page",
    "documented",
    "read_metrics",
    "undeclared",
]

Page = Literal[
    "customers",
    "acquisition",
    "engagement",
    "operations",
    "retention",
    "segmentation",
    "marketing",
]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "unit": (
        *("share", "count", "money", "days", "hours", "score", "ratio"),
        *("orders_per_customer", "percent_change"),
    ),
    "direction": ("higher_is_better", "lower_is_better", "neutral"),
    "threshold_status": ("owner", "proposed", "none"),
    "owner": ("marketing", "operations", "finance", "data"),
    "service_level": ("tactical", "operational", "financial"),
}
_THRESHOLDS = ("target", "warn", "critical")
_NUMBERS = ("numeric", "double precision", "integer", "bigint", "smallint", "real")
BEGIN = "<!-- Made by `timonel metrics --write`; edit the dbt models instead. -->"
END = "<!-- End of what is made. -->"


class MetricBroken(PlainError, ValueError):
    """A metric is declared wrongly; the message names the column and what to write."""


@dataclass(frozen=True)
class Metric:
    """One number that people read.

    ``unit`` says what it is counted in: a share is between 0 and 1, money is in the
    company's currency, days and hours are lengths of time. ``target``, ``warn`` and
    ``critical`` are in that unit; ``threshold_status`` says whether the owner set
    them or they are only proposed. ``sample`` is the column of the same row that says
    how many a number rests on; below ``sample_minimum`` of them nobody is alarmed.
    """

    schema_name: str
    relation: str
    column: str
    page: str
    description: str
    label_es: str
    label_en: str
    formula: str
    unit: str
    direction: str
    target: float | None
    warn: float | None
    critical: float | None
    threshold_status: str
    owner: str
    service_level: str
    sample: str | None = None
    sample_minimum: int | None = None

    @property
    def address(self) -> str:
        """Schema, relation and column."""
        return f"{self.schema_name}.{self.relation}.{self.column}"


def read_metrics(manifest: Mapping[str, Any] | None = None) -> list[Metric]:
    """Every metric of the project, by page and the names of the models.

    Parameters
    ----------
    manifest
        dbt's own; left out, the project's is parsed anew if a file is newer.

    Raises
    ------
    MetricBroken
        When a declaration lacks something or has a word that means nothing here.
    """
    if manifest is None:
        prepare_manifest()
        manifest = json.loads(Path(dbt_project.manifest_path).read_text())
    metrics = [
        _metric(node, column)
        for node in _models(manifest)
        for column in node["columns"].values()
        if "metric" in _meta(column)
    ]
    order = get_args(Page)
    return sorted(metrics, key=lambda metric: order.index(metric.page))


def undeclared(manifest: Mapping[str, Any]) -> list[str]:
    """Numeric columns of pages that are neither part of a key nor a metric.

    A column that only places a row (an hour of the day, a month's number) says so
    with ``meta: {is_dimension: true}``.
    """
    return [
        f"{node['schema']}.{node['name']}.{column['name']}"
        for node in _models(manifest)
        if "page" in _meta(node)
        for column in node["columns"].values()
        if _is_number(column)
        and "metric" not in _meta(column)
        and not _meta(column).get("is_dimension")
    ]


def documented(metrics: list[Metric], text: str) -> str:
    """A document with the registry between its two marks.

    Raises
    ------
    MetricBroken
        When the document has no such marks.
    """
    if BEGIN not in text or END not in text:
        raise MetricBroken(f"The document lacks the lines {BEGIN!r} and {END!r}.")
    before, rest = text.split(BEGIN, maxsplit=1)
    _, after = rest.split(END, maxsplit=1)
    registry = "\n".join(_lines(metrics))
    return f"{before}{BEGIN}\n\n{registry}\n{END}{after}"


def _models(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for node in sorted(manifest["nodes"].values(), key=lambda node: str(node["name"])):
        if node["resource_type"] == "model":
            yield node


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = node["config"].get("meta") or node.get("meta") or {}
    return meta


def _is_number(column: Mapping[str, Any]) -> bool:
    return str(column.get("data_type") or "").split("(")[0] in _NUMBERS


def _metric(node: Mapping[str, Any], column: Mapping[str, Any]) -> Metric:
    told = _meta(column)["metric"]
    address = f"{node['schema']}.{node['name']}.{column['name']}"
    # A model of several pages says so column by column.
    page = told.get("page", _meta(node).get("page"))
    if page not in get_args(Page):
        raise MetricBroken(
            f"{address}: it, or its model's meta, names the page {page!r}; "
            f"choose one of {', '.join(get_args(Page))}."
        )
    given = {
        "schema_name": node["schema"],
        "relation": node["name"],
        "column": column["name"],
        "page": page,
        "description": " ".join(column["description"].split()),
        **told,
    }
    names = {field.name: field.default is MISSING for field in fields(Metric)}
    needed = {name for name, is_needed in names.items() if is_needed}
    if missing := sorted(needed - set(given)):
        raise MetricBroken(f"{address}: the metric lacks {', '.join(missing)}.")
    if unknown := sorted(set(given) - set(names)):
        raise MetricBroken(f"{address}: a metric has no {', '.join(unknown)}.")
    _check_words(address, told)
    _check_sample(address, told, node["columns"])
    return Metric(**given)


def _check_words(address: str, told: Mapping[str, Any]) -> None:
    for name, choices in _CHOICES.items():
        if told[name] not in choices:
            raise MetricBroken(
                f"{address}: {name} is {told[name]!r}; choose one of "
                f"{', '.join(choices)}."
            )
    has_threshold = any(told[name] is not None for name in _THRESHOLDS)
    if has_threshold != (told["threshold_status"] != "none"):
        raise MetricBroken(
            f"{address}: threshold_status is {told['threshold_status']!r}, which does "
            "not fit its target, warn and critical."
        )
    for name in _THRESHOLDS:
        if told[name] is not None and not isinstance(told[name], int | float):
            raise MetricBroken(f"{address}: {name} is no number: {told[name]!r}.")


def _check_sample(
    address: str, told: Mapping[str, Any], columns: Mapping[str, Any]
) -> None:
    sample, minimum = told.get("sample"), told.get("sample_minimum")
    if sample is None and minimum is None:
        return
    if sample not in columns:
        raise MetricBroken(
            f"{address}: its sample is {sample!r}, which is no column of its model."
        )
    if not isinstance(minimum, int) or minimum < 1:
        raise MetricBroken(
            f"{address}: sample_minimum is {minimum!r}; write how many {sample} a "
            "number must rest on before anybody is alarmed, such as 100."
        )


def _lines(metrics: list[Metric]) -> Iterator[str]:
    page = None
    for metric in metrics:
        if metric.page != page:
            page = metric.page
            yield f"### Page: {page}\n"
        yield f"- **{metric.label_es}** ({metric.label_en}): `{metric.address}`"
        yield f"  {_sentence(metric.description)}"
        yield f"  Formula: {_sentence(metric.formula)}"
        yield f"  {_in_words(metric)}"
        yield ""


def _sentence(text: str) -> str:
    return f"{text.strip().rstrip('.')}."


def _in_words(metric: Metric) -> str:
    direction = metric.direction.replace("_", " ")
    limits = [
        f"{name} {getattr(metric, name):g}"
        for name in _THRESHOLDS
        if getattr(metric, name) is not None
    ]
    words = [
        f"Unit: {metric.unit.replace('_', ' ')}; {direction}",
        f"{', '.join(limits)} ({metric.threshold_status})" if limits else "",
        f"judged from {metric.sample_minimum} {metric.sample} on"
        if metric.sample
        else "",
        f"for {metric.owner}, {metric.service_level}",
    ]
    return f"{'; '.join(filter(None, words))}."
