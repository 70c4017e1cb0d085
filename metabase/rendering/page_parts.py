"""What the pages made from the same files have in common: templates, words, scripts."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import metadata
from pathlib import Path

import altair
import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from platformdirs import user_cache_path

from metabase.content.entities import Card, Content, Placement
from metabase.content.warehouse import DataState, Result
from metabase.rendering.cards import DrawnCard, draw_card, why_empty
from metabase.rendering.formats import write_date

__all__ = [
    "TEMPLATES",
    "asset",
    "banner",
    "banner_of",
    "chart_library",
    "columns_with_values",
    "draw_answer",
    "page_templates",
    "vega_version",
    "written_day",
]

TEMPLATES = Path(__file__).resolve().parent / "templates"
_CUSTOMERS = "clientes"


def page_templates() -> Environment:
    """The templates; what they are given is escaped, a name they lack is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def draw_answer(  # noqa: PLR0913
    card: Card,
    placement: Placement,
    answer: Result,
    state: DataState,
    labels: dict[str, str],
    *,
    most_rows: int | None = None,
    draws_chart: bool = True,
) -> DrawnCard:
    """A card as it is read; an empty one says what it lacks.

    With nothing loaded every card lacks the same, which is said instead.
    """
    is_loaded = state.order_count > 0 or state.data_through_date is not None
    lacks = card.when_empty if is_loaded else None
    why = lacks or why_empty(state, labels)
    return draw_card(
        *(card, placement, answer, labels, why),
        most_rows=most_rows,
        draws_chart=draws_chart,
    )


def columns_with_values(card: DrawnCard, no_value: str) -> DrawnCard:
    """The card without the columns of which this company has no value at all."""
    if card.display not in ("table", "object") or card.empty_reason:
        return card
    kept = [
        place
        for place, column in enumerate(zip(*card.rows, strict=True))
        if any(cell.text != no_value for cell in column)
    ]
    return replace(
        card,
        headers=tuple(card.headers[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in card.rows),
    )


def banner_of(content: Content, state: DataState, labels: dict[str, str]) -> str | None:
    """The banner above a company's pages; None without a page of customers."""
    pages = {page.path.stem for page in content.dashboards}
    return banner(state, labels) if _CUSTOMERS in pages else None


def banner(state: DataState, labels: dict[str, str]) -> str | None:
    """What has to be known before any number is read; None when all is well."""
    if state.customer_count == 0 or not state.has_predictions:
        return why_empty(state, labels)
    if not state.is_stale:
        return None
    return f"{labels['preview.stale']}: {labels[f'stale.{state.stale_reason}']}"


def written_day(day: date | None, labels: dict[str, str]) -> str:
    """A day in the reader's language, or the sign for none."""
    if day is None:
        return labels["preview.no_value"]
    return write_date(day, labels["language"])


def asset(name: str) -> Markup:
    """A file of the templates' folder, to be put into a page as it is."""
    return _inline((TEMPLATES / name).read_text(encoding="utf-8"))


@cache
def chart_library() -> Markup:
    """What draws the charts in a browser, without a network.

    Bundling it takes two seconds, so it is kept in the account's cache folder.
    """
    names = f"{metadata.version('vl-convert-python')}-{vega_version()}"
    kept = user_cache_path("timonel") / f"charts-{names}.js"
    with suppress(OSError):
        return _inline(kept.read_text(encoding="utf-8"))
    bundle: str = vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed;", vega_version()
    )
    # Where it cannot be kept it is made again.
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(f".{os.getpid()}")
        unfinished.write_text(bundle, encoding="utf-8")
        unfinished.replace(kept)
    return _inline(bundle)


def vega_version() -> str:
    """The version of Vega-Lite that the charts are written in, such as ``6.1``."""
    return altair.SCHEMA_VERSION.removeprefix("v").rsplit(".", 1)[0]


def _inline(text: str) -> Markup:
    # The only text of the page that is not escaped: ours, and the chart library.
    if "</script" in text or "</style" in text:
        raise ValueError("inlined text would end its own element")
    return Markup(text)  # noqa: S704
