"""The metrics that columns of the dbt project hold: where each number stands.

What a metric is stands in the registry, once; a column says which it is, and adds its
own description. Documents, captions and alert rules are made from both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from orchestration.lib.reporting.metric_registry import (
    Declaration,
    MetricBroken,
    Page,
    read_registry,
)
from orchestration.lib.warehouse.dbt import current_manifest

__all__ = ["Metric", "MetricBroken", "read_metrics", "undeclared"]

# A model whose columns are of several pages: each metric says its own.
_SEVERAL = "several"
_NUMBERS = ("numeric", "double precision", "integer", "bigint", "smallint", "real")


@dataclass(frozen=True)
class Metric:
    """One number that people read, in one relation.

    Units and limits are those of `metric_registry`; limits hold on the one relation
    that they are declared for.
    """

    schema_name: str
    relation: str
    column: str
    name: str
    domain: str
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
    warn_severity: str = "high"

    @property
    def address(self) -> str:
        """Schema, relation and column."""
        return f"{self.schema_name}.{self.relation}.{self.column}"


def read_metrics(
    manifest: Mapping[str, Any] | None = None,
    registry: Mapping[str, Declaration] | None = None,
) -> list[Metric]:
    """Every metric of the project, by page and the names of the models.

    Parameters
    ----------
    manifest
        dbt's own; left out, the project's is parsed anew if a file is newer.
    registry
        By name; left out, the project's.

    Raises
    ------
    MetricBroken
        A declaration is wrong, or a column names a metric that is none.
    """
    if manifest is None:
        manifest = current_manifest()
    registry = read_registry() if registry is None else registry
    metrics = [
        _metric(node, column, registry)
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


def _models(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for node in sorted(manifest["nodes"].values(), key=lambda node: str(node["name"])):
        if node["resource_type"] == "model":
            yield node


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = node["config"].get("meta") or node.get("meta") or {}
    return meta


def _is_number(column: Mapping[str, Any]) -> bool:
    return str(column.get("data_type") or "").split("(")[0] in _NUMBERS


def _metric(
    node: Mapping[str, Any],
    column: Mapping[str, Any],
    registry: Mapping[str, Declaration],
) -> Metric:
    name = _meta(column)["metric"]
    address = f"{node['schema']}.{node['name']}.{column['name']}"
    if name not in registry:
        raise MetricBroken(
            f"{address}: no metric is called {name!r}; declare it in "
            "dbt_project/metrics, or name one that is there."
        )
    told = registry[name]
    page: str | None = _meta(node).get("page", _SEVERAL)
    if page == _SEVERAL:
        page = told.page
    if page is None or page not in get_args(Page):
        raise MetricBroken(
            f"{address}: {name}, or the model's meta, names the page {page!r}; "
            f"choose one of {', '.join(get_args(Page))}."
        )
    limits = told.limits
    if limits and limits.relation != node["name"]:
        limits = None
    if limits and limits.sample and limits.sample not in node["columns"]:
        raise MetricBroken(
            f"{address}: its sample is {limits.sample!r}, which is no column of its "
            "model."
        )
    return Metric(
        schema_name=node["schema"],
        relation=node["name"],
        column=column["name"],
        name=name,
        domain=told.domain,
        page=page,
        description=" ".join(column["description"].split()),
        label_es=told.label["es"],
        label_en=told.label["en"],
        formula=told.formula,
        unit=told.unit,
        direction=told.direction,
        target=limits.target if limits else None,
        warn=limits.warn if limits else None,
        critical=limits.critical if limits else None,
        threshold_status=limits.status if limits else "none",
        owner=told.owner,
        service_level=told.service_level,
        sample=limits.sample if limits else None,
        sample_minimum=limits.sample_minimum if limits else None,
        warn_severity=limits.warn_severity if limits else "high",
    )
