"""``docs/metrics/<domain>.md``: every metric, and every card that shows numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.core.yaml_files import parsed
from orchestration.lib.reporting.metric_registry import REGISTRY
from orchestration.lib.reporting.metrics import Metric
from orchestration.lib.reporting.pages import read_cards, read_pages

__all__ = ["DOCUMENTS", "metric_documents"]

DOCUMENTS = PROJECT_ROOT / "docs" / "metrics"

_LABELS = PROJECT_ROOT / "metabase" / "labels"
_MADE = (
    "Made by `timonel metrics --write` from `dbt_project/metrics`, the columns of\n"
    "`dbt_project/models` that name a metric, `metabase/pages` and `metabase/labels`."
)
_THRESHOLDS = ("target", "warn", "critical")


def metric_documents(metrics: Sequence[Metric]) -> dict[Path, str]:
    """The text of each domain's document, by its file."""
    pages = read_pages()
    domains = {metric.domain for metric in metrics}
    domains |= {page.domain for page in pages.values()}
    return {
        DOCUMENTS / f"{domain}.md": "\n".join(_document(domain, metrics))
        for domain in sorted(domains)
    }


def _document(domain: str, metrics: Sequence[Metric]) -> Iterator[str]:
    yield f"# Numbers of {domain}\n\n{_MADE}\n"
    held = sorted(
        (metric for metric in metrics if metric.domain == domain),
        key=lambda metric: (metric.label_es, metric.address),
    )
    if held:
        yield "## Metrics\n"
    for _, group in groupby(held, key=lambda metric: metric.name):
        yield from _metric(list(group))
    yield from _pending(domain)
    words = {language: parsed(_LABELS / f"{language}.yml") for language in ("es", "en")}
    titles = {metric.name: metric.label_es for metric in metrics}
    titles |= words["es"]["columns"]
    for name, page in read_pages().items():
        if page.domain == domain:
            yield f"## Page {words['es']['dashboard'][name]['title']}\n"
            for card in page.cards:
                yield from _card(card, words, titles)


def _pending(domain: str) -> Iterator[str]:
    file = REGISTRY / f"{domain}.yml"
    told = parsed(file) if file.exists() else {}
    names = [name for name, one in told.items() if one.get("is_pending")]
    if names:
        listed = ", ".join(f"`{name}`" for name in names)
        yield f"Pending, and shown nowhere until somebody defines them: {listed}.\n"


def _metric(places: Sequence[Metric]) -> Iterator[str]:
    metric = places[0]
    yield f"### {metric.label_es} ({metric.label_en})\n"
    yield f"`{metric.name}` = {_sentence(metric.formula)}"
    yield (
        f"Unit: {metric.unit.replace('_', ' ')}; "
        f"{metric.direction.replace('_', ' ')}; "
        f"for {metric.owner}, {metric.service_level}.\n"
    )
    for place in places:
        yield f"- `{place.address}`: {_sentence(place.description)}{_limits(place)}"
    yield ""


def _card(
    name: str, words: Mapping[str, Any], titles: Mapping[str, str]
) -> Iterator[str]:
    card = read_cards()[name]
    told = words["en"]["cards"][name]
    yield f"### {words['es']['cards'][name]['title']}\n"
    yield f"*{told['title']}* {' '.join(told['description'].split())}"
    shown = (
        f"{titles.get(card.titles.get(column, column), column)} (`{column}`)"
        for column in card.columns
    )
    yield f"Shows {', '.join(shown)}."
    yield f"Reads {', '.join(f'`reporting.{view}`' for view in card.views)}.\n"


def _limits(metric: Metric) -> str:
    limits = [
        f"{name} {getattr(metric, name):g}"
        for name in _THRESHOLDS
        if getattr(metric, name) is not None
    ]
    if not limits:
        return ""
    sample = (
        f", judged from {metric.sample_minimum} {metric.sample} on"
        if metric.sample
        else ""
    )
    return f" Alarms: {', '.join(limits)} ({metric.threshold_status}){sample}."


def _sentence(text: str) -> str:
    return f"{text.strip().rstrip('.')}."
