"""The page: right numbers, one company's rows, nothing from the network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache, partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from metabase.cli import app
from metabase.content.errors import WarehouseError
from metabase.content.load import CONTENT_ROOT
from metabase.rendering import page_parts
from metabase.rendering.page_parts import chart_library
from metabase.rendering.preview import render_preview
from tests.metabase.pages.shops import HASHED, HOSTILE

_REFERENCES = {"src", "href", "action", "data", "poster", "srcset"}


class _Page(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._open):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))

    def of(self, attribute: str) -> list[str]:
        return [value for _, a in self.tags if (value := a.get(attribute))]


Rendered = Callable[..., tuple[str, _Page]]


def _render(url: str, *company_ids: str) -> tuple[str, _Page]:
    html = render_preview(url, company_ids, root=CONTENT_ROOT)
    return html, _Page(html)


@pytest.fixture(scope="module")
def rendered(shops_url: str) -> Rendered:
    """The page of some companies, drawn once for the tests that only read it."""
    return cache(partial(_render, shops_url))


def test_the_tiles_show_the_companys_own_numbers(rendered: Rendered) -> None:
    _, page = rendered("acme")

    # 12345.67 + 500 + 250; 2 of 3 ordered within 90 days; 2 of 3 repeat.
    assert "13.096 €" in page.text
    assert re.search(r"compraron en los últimos 90 días\? 2 ", page.text)
    assert "66,7 %" in page.text
    assert "Datos hasta 29 sept 1997" in page.text
    assert "Fecha de cálculo 30 sept 1997" in page.text


def test_customers_come_by_future_value_with_both_values(rendered: Rendered) -> None:
    _, page = rendered("acme")

    assert "7 12.345,67 € 1.000,50 € 13 % 20 sept 1997 1,5 ab12cd34… 500,00 €" in (
        page.text
    )


def test_a_page_of_one_company_holds_no_row_of_another(rendered: Rendered) -> None:
    acme, _ = rendered("acme")
    bolt, page = rendered("bolt")

    assert "987.654" not in acme
    assert "12.345,67" not in bolt
    assert "987.654 CLP" in page.text


def test_a_hashed_customer_is_short_with_the_full_id_at_hand(
    rendered: Rendered,
) -> None:
    _, page = rendered("acme")

    assert HASHED not in page.text
    assert HASHED in page.of("title")


def test_a_hostile_customer_id_is_only_text(rendered: Rendered) -> None:
    html, page = rendered("acme")

    assert "<script>alert" not in html
    assert HOSTILE in page.text
    assert not page.of("onmouseover")


def test_a_hostile_company_name_is_only_text(reporting_url: str) -> None:
    name = "</title><script>alert(2)</script>"
    with psycopg.connect(reporting_url) as admin:
        admin.execute(
            "update ops.companies set name = %s where company_id = 'acme'", (name,)
        )

    html, page = _render(reporting_url, "acme", "bolt")

    assert "<script>alert" not in html
    assert name in page.text


def test_the_page_refers_to_nothing_outside_itself(rendered: Rendered) -> None:
    _, page = rendered("acme", "bolt")

    references = [
        value
        for tag, attributes in page.tags
        for name, value in attributes.items()
        if name in _REFERENCES and not (value or "").startswith("#")
    ]

    assert references == []
    assert not {tag for tag, _ in page.tags} & {"link", "img", "iframe", "base"}
    # And the browser is told to fetch nothing, whatever a script tries.
    assert any("default-src 'none'" in one for one in page.of("content"))


@pytest.mark.parametrize("can_be_kept", [True, False])
def test_the_chart_library_is_bundled_once_where_it_can_be_kept(
    can_be_kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled: list[str] = []

    def bundle(snippet: str, version: str) -> str:
        bundled.append(version)
        return f"/* {version} */ {snippet}"

    place = tmp_path / "kept"
    if not can_be_kept:
        place.write_text("a file where the folder would be")
    monkeypatch.setattr(page_parts, "user_cache_path", lambda name: place / name)
    monkeypatch.setattr("vl_convert.javascript_bundle", bundle)

    first, second = (chart_library.__wrapped__() for _ in range(2))

    assert first == second
    assert "window.vegaEmbed" in first
    assert len(bundled) == (1 if can_be_kept else 2)


def test_the_chart_library_is_there_once_for_all_companies(rendered: Rendered) -> None:
    one, _ = rendered("acme")
    two, page = rendered("acme", "bolt")

    # Per company eighteen: one of currencies, two of sales, one of customers and of
    # what was read, one of the panel, two of the models of which one stands by the
    # customers, too, six of channels, three of budgets. One of forecasts, of acme
    # alone. On the pages of KPIs and segments, nine for a purchase log and fourteen
    # for a marketplace, which tells more.
    assert len(page.of("data-spec")) == 36 + 1 + 9 + 14
    assert two.count("window.vegaEmbed=") == 1
    # The library alone has 900,000 characters.
    assert len(two) < len(one) + 600_000


def test_the_chart_holds_the_ten_bins_in_order(rendered: Rendered) -> None:
    _, page = rendered("acme")

    specs: list[dict[str, Any]] = [json.loads(one) for one in page.of("data-spec")]
    spec = next(one for one in specs if "probability_range" in json.dumps(one))
    (values,) = spec["datasets"].values()

    assert [one["customer_count"] for one in values] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert values[0]["probability_range"] == "0\u201310"
    assert "http" not in json.dumps({**spec, "$schema": ""})


def test_stale_predictions_are_announced_with_the_reason(rendered: Rendered) -> None:
    _, fresh = rendered("acme")
    _, stale = rendered("bolt")

    assert "predicciones desactualizadas: hay muy pocos clientes" in stale.text
    assert "predicciones desactualizadas" not in fresh.text


def test_an_empty_company_is_told_why_it_sees_nothing(rendered: Rendered) -> None:
    html, page = rendered("nueva")

    assert "Todavía no hay compras de esta empresa" in page.text
    assert "None" not in page.text
    assert "vegaEmbed=" not in html


def test_who_has_subscriptions_and_no_shop_is_not_asked_for_orders(
    reporting_url: str,
) -> None:
    with psycopg.connect(reporting_url) as admin:
        admin.execute(
            "update ops.companies set plan = 'saas' where name = 'Acme Música'"
        )
        admin.execute("update reporting.customer_value_totals set customer_count = 0")
        admin.execute(
            "update reporting.data_quality_totals set order_count = 0,"
            " loaded_row_count = 9"
        )

    _, page = _render(reporting_url, "acme")

    assert "Ejecutivo SaaS" in page.text
    assert "10.152,00" in page.text
    assert "Cargue un archivo de pedidos" not in page.text


@pytest.mark.parametrize(
    ("order_count", "loaded", "quarantined", "text"),
    [
        (4, 4, 0, "ninguno es una compra válida con cliente identificado"),
        (0, 0, 5, "todas sus filas quedaron en cuarentena"),
        # Subscriptions, say: what was read is no order, and not all set aside.
        (0, 9, 5, "Todavía no hay compras de esta empresa"),
    ],
)
def test_the_reason_depends_on_what_was_loaded(
    reporting_url: str, order_count: int, loaded: int, quarantined: int, text: str
) -> None:
    with psycopg.connect(reporting_url) as admin:
        admin.execute(
            "update reporting.data_quality_totals set order_count = %s,"
            " loaded_row_count = %s, quarantined_row_count = %s"
            " where company_id = 'nueva'",
            (order_count, loaded, quarantined),
        )

    assert text in _render(reporting_url, "nueva")[1].text


def test_customers_without_predictions_say_what_blocked_them(
    reporting_url: str,
) -> None:
    with psycopg.connect(reporting_url) as admin:
        admin.execute(
            "update reporting.customer_value_totals set predicted_value_12m = null,"
            " expected_active_customer_count_90d = null where company_id = 'bolt'"
        )
        admin.execute("update reporting.customer_values set predicted_value_12m = null")

    _, page = _render(reporting_url, "bolt")

    assert "Todavía no hay predicciones: hay muy pocos clientes" in page.text
    assert "predicciones desactualizadas" not in page.text


def test_it_opens_on_the_company_that_has_most_to_tell(rendered: Rendered) -> None:
    _, page = rendered("acme", "bolt")

    companies = [a for tag, a in page.tags if tag == "option" and a["value"] == "bolt"]
    hidden = [a["id"] for tag, a in page.tags if tag == "main" and "hidden" in a]

    assert ["selected" in one for one in companies] == [True]
    assert hidden == ["company-acme"]


def test_what_has_no_answer_stands_on_no_page_and_is_listed_once(
    rendered: Rendered,
) -> None:
    html, _ = rendered("acme")

    pages, missing = html.split('data-address="acme/missing"')
    assert 'class="empty"' not in re.sub(
        r"<template.*?</template>", "", pages, flags=re.S
    )
    assert missing.count("¿Qué parte validó su RUT?") == 1
    assert "¿Qué parte validó su RUT?" not in pages
    # A marketplace knows: there it is on its page.
    assert "¿Qué parte validó su RUT?" in rendered("bolt")[1].text


def test_a_column_without_any_value_is_left_out(reporting_url: str) -> None:
    def headings(company_id: str) -> str:
        html, _ = _render(reporting_url, company_id)
        card = html.split("<h2>¿Cómo va el negocio, mes a mes?</h2>")[1]
        return card.split("</thead>")[0]

    with psycopg.connect(reporting_url) as admin:
        admin.execute(
            "update reporting.performance_by_month set spend = null"
            " where company_id = 'acme'"
        )

    assert "Ventas netas" in headings("acme")
    assert "Gasto" not in headings("acme")
    assert "Gasto" in headings("bolt")


def test_the_same_data_gives_the_same_page(shops_url: str) -> None:
    assert _render(shops_url, "acme")[0] == _render(shops_url, "acme")[0]


def test_an_unknown_company_is_refused_with_those_there_are(
    rendered: Rendered,
) -> None:
    with pytest.raises(WarehouseError, match="no company 'acmé'; there is: acme, bolt"):
        rendered("acmé")


def test_the_command_writes_the_page(shops_url: str, tmp_path: Path) -> None:
    output = tmp_path / "new" / "out.html"
    arguments = ["preview", "--company", "acme", "-o", str(output)]

    result = CliRunner().invoke(app, arguments, env={"TIMONEL_DATABASE_URL": shops_url})

    assert result.exit_code == 0, result.output
    assert "Acme Música" in output.read_text(encoding="utf-8")


def test_a_command_that_fails_says_so_without_a_traceback(shops_url: str) -> None:
    arguments = ["preview", "--company", "gone", "--database-url", shops_url]

    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 1
    assert "error: no company 'gone'" in result.output
    assert "Traceback" not in result.output


def test_validate_checks_the_files_against_the_database(shops_url: str) -> None:
    arguments = ["validate", "--database-url", shops_url]

    result = CliRunner().invoke(app, arguments)

    assert (result.exit_code, result.output.strip()) == (
        0,
        "every dashboard is well formed",
    )


def test_in_english_no_word_of_the_page_is_spanish(shops_url: str) -> None:
    page = _Page(render_preview(shops_url, ["bolt"], root=CONTENT_ROOT, language="en"))

    assert "¿" not in page.text
    assert "Campeones (en)" in page.text
    assert "No known place" in page.text
    assert "CLP\xa0987,654" in " ".join(page.texts)


def test_a_card_says_what_its_company_lacks(rendered: Rendered) -> None:
    _, log = rendered("acme")
    _, marketplace = rendered("bolt")
    _, nothing = rendered("nueva")

    assert "una tienda no pide RUT" in log.text
    assert "una tienda no pide RUT" not in marketplace.text
    assert "una tienda no pide RUT" not in nothing.text
