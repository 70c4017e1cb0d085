"""Draw the dashboards of ``collections/`` on one page that needs no network.

Same files, same SQL and same reader role as Metabase, so what the page shows is
what the role of that company may read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import altair
import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from metabase.metabase_as_code.company import Company
from metabase.metabase_as_code.content import Content, Dashboard
from metabase.metabase_as_code.draw import DrawnCard, draw_card, why_empty
from metabase.metabase_as_code.formats import number_locale, time_locale, write_date
from metabase.metabase_as_code.labels import read_labels
from metabase.metabase_as_code.load import load_content
from metabase.metabase_as_code.warehouse import (
    DataState,
    connect_as,
    data_state,
    find_companies,
    run,
)

__all__ = ["render_preview"]

_TEMPLATES = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True)
class _DrawnDashboard:
    name: str
    description: str
    cards: tuple[DrawnCard, ...]


@dataclass(frozen=True)
class _Section:
    company: Company
    data_through: str
    as_of: str
    banner: str | None
    why_empty: str
    dashboards: tuple[_DrawnDashboard, ...]
    number_locale: dict[str, Any]


def render_preview(
    url: str, company_ids: Sequence[str], *, root: Path, language: str = "es"
) -> str:
    """The page as HTML, one tab per company, all companies when none is named.

    Parameters
    ----------
    url : str
        The platform's database, as a user who may act as each ``bi_<company>``.
    company_ids : sequence of str
        Companies in the order of their tabs.
    root : Path
        Folder with ``collections/`` and ``labels/``.

    Raises
    ------
    ContentError
        A content file is wrong.
    WarehouseError
        The database does not answer, or a company or its role does not exist.
    """
    labels = read_labels(root / "labels", language)
    sections = [
        _section(url, company, load_content(root, company, language), labels)
        for company in find_companies(url, tuple(company_ids))
    ]
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    has_chart = any(
        card.chart for one in sections for page in one.dashboards for card in page.cards
    )
    return environment.get_template("page.html.j2").render(
        sections=sections,
        label=labels,
        time_locale=time_locale(language),
        style=_asset("page.css"),
        script=_asset("page.js"),
        chart_library=_chart_library() if has_chart else "",
    )


def _section(
    url: str, company: Company, content: Content, labels: dict[str, str]
) -> _Section:
    with connect_as(url, company.role) as connection:
        state = data_state(connection)
        why = why_empty(state, labels)
        answers = {
            card_id: run(connection, card.default_sql())
            for card_id, card in content.cards.items()
        }

    def drawn(dashboard: Dashboard) -> _DrawnDashboard:
        cards = []
        for at in sorted(dashboard.placements, key=lambda at: (at.row, at.col)):
            card = content.cards[at.card_id]
            # A card knows what it lacks; with nothing loaded, everything does.
            lacks = card.when_empty if state.order_count else None
            cards.append(draw_card(card, at, answers[at.card_id], labels, lacks or why))
        return _DrawnDashboard(dashboard.name, dashboard.description, tuple(cards))

    return _Section(
        company=company,
        data_through=_day(state.data_through_date, labels),
        as_of=_day(state.as_of_date, labels),
        banner=_banner(state, labels),
        why_empty=why,
        dashboards=tuple(drawn(dashboard) for dashboard in content.dashboards),
        number_locale=number_locale(company.currency_code, labels["language"]),
    )


def _banner(state: DataState, labels: dict[str, str]) -> str | None:
    if state.customer_count == 0 or not state.has_predictions:
        return why_empty(state, labels)
    if not state.is_stale:
        return None
    return f"{labels['preview.stale']}: {labels[f'stale.{state.stale_reason}']}"


def _day(day: Any, labels: dict[str, str]) -> str:
    if day is None:
        return labels["preview.no_value"]
    return write_date(day, labels["language"])


def _asset(name: str) -> Markup:
    return _inline((_TEMPLATES / name).read_text(encoding="utf-8"))


@cache
def _chart_library() -> Markup:
    version = altair.SCHEMA_VERSION.removeprefix("v").rsplit(".", 1)[0]
    names = "window.vegaEmbed = vegaEmbed;"
    return _inline(vl_convert.javascript_bundle(names, version))


def _inline(text: str) -> Markup:
    # The only text of the page that is not escaped: ours, and the chart library.
    if "</script" in text or "</style" in text:
        raise ValueError("inlined text would end its own element")
    return Markup(text)  # noqa: S704
