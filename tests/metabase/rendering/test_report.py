"""Reports: the numbers of the cards, on a page and on paper, of one company."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import psycopg
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from metabase.cli import app
from metabase.content.company import EXAMPLE
from metabase.content.entities import CHARTS
from metabase.content.errors import ContentError, WarehouseError
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.logos import find_logos
from metabase.content.report_templates import load_report, report_problems
from metabase.rendering.report import Report, ReportRequest, draw_report
from metabase.rendering.report_html import render_report
from metabase.rendering.report_mail import mail_of
from metabase.rendering.report_pdf import pdf_of
from tests.metabase.conftest import Edit
from tests.metabase.pages.shops import HASHED

_MARKUP = '#panic("x") *Bold* $a$ \\ </title><script>alert(2)</script>'
_TEMPLATES = ("executive_summary", "operational_report", "monthly_review")
_FETCHES = re.compile(
    r"""<(?:link|img|iframe|base|object|embed)\b|\s(?:src|href|action|poster)\s*=""",
    re.IGNORECASE,
)


def _drawn(
    url: str, company: str, template: str = "executive", language: str = "es"
) -> Report:
    return draw_report(url, ReportRequest(company, template, language), CONTENT_ROOT)


def _pages(pdf: bytes) -> list[str]:
    """The text of each page; a space is a space, whatever its kind."""
    reader = PdfReader(io.BytesIO(pdf))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


@dataclass(frozen=True)
class Paper:
    """A report and the text of its pages."""

    report: Report
    pages: list[str]

    @property
    def text(self) -> str:
        return " ".join(self.pages)


Papers = Callable[[str, str], Paper]


@pytest.fixture(scope="module")
def papers(shops_url: str) -> Papers:
    """Reports on paper by company and template, each set once: charts take seconds."""

    @cache
    def paper(company: str, template: str) -> Paper:
        report = _drawn(shops_url, company, template)
        return Paper(report, _pages(pdf_of(report)))

    return paper


def test_the_reports_use_every_kind_of_chart() -> None:
    content = load_content(CONTENT_ROOT, EXAMPLE)
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    reports = [load_report(CONTENT_ROOT, name, content, labels) for name in _TEMPLATES]

    shown = {
        card.display for one in reports for part in one.sections for card in part.cards
    }

    assert [[part.heading for part in one.sections] for one in reports] == [
        [
            *("Qué ha pasado", "El mes"),
            "Resultados",
            "Indicadores principales",
            "Tendencias",
            "Recomendaciones estratégicas",
        ],
        [
            *("Qué ha pasado", "El mes"),
            "Métricas operativas",
            "Rendimiento de los canales",
            "Análisis de la relación con los clientes",
            "Acciones recomendadas",
        ],
        [
            "Qué ha pasado",
            "El mes",
            "Acciones recomendadas",
            "Rendimiento de los canales",
            "Quién vuelve y qué deja",
        ],
    ]
    assert set(CHARTS) <= shown


def test_reports_of_webinars_say_what_their_pages_say(papers: Papers) -> None:
    daily = papers("acme", "webinar_daily")
    monthly = papers("bolt", "webinar_monthly").report

    assert [part.heading for part in daily.report.sections] == [
        *("Indicadores principales", "El embudo", "Rendimiento de los canales"),
        "Alertas y qué hacer",
    ]
    assert "1 ago 1997" in daily.report.period
    registered = daily.report.sections[0].cards[0]
    assert "100" in str(registered.rows)
    revenue = monthly.sections[0].cards[0]
    assert "1800" in str(revenue.rows).replace(".", "")


def test_a_number_stands_on_paper_and_in_mail_beside_its_change(
    papers: Papers,
) -> None:
    """Every number that a page draws with a change, in the words of that page."""
    paper = papers("bolt", "webinar_monthly")
    told = [card.trend for card in paper.report.cards if card.trend]
    lines = [line.text for one in told for line in one.lines]

    mail = re.sub(r"\s+", " ", mail_of(paper.report, ())["html"])
    assert any("frente a jul" in line or "frente a sept" in line for line in lines)
    assert any("frente a su objetivo" in line for line in lines)
    for line in lines:
        assert re.sub(r"\s+", " ", line) in paper.text
    for one in told:
        assert re.sub(r"\s+", " ", one.told or "") in mail


@pytest.mark.parametrize(
    ("template", "period", "change"),
    [
        ("community_weekly", "22 sept 1997 \u2013 28 sept 1997", "50"),
        ("community_quarterly", "1 jul 1997 \u2013 30 sept 1997", "650"),
    ],
)
def test_reviews_of_a_community_begin_with_what_was_found(
    papers: Papers, template: str, period: str, change: str
) -> None:
    report = papers("acme", template).report

    assert report.period == period
    found, before, targets = report.sections[:3]
    assert (found.heading, found.is_told) == ("Qué ha pasado", True)
    assert before.heading == "Frente al periodo anterior"
    assert change in str(before.cards[0].rows)
    assert "Por debajo" in str(targets.cards[0].rows)


def test_paper_has_the_rows_of_the_warehouse_as_text(
    shops_url: str, papers: Papers
) -> None:
    with psycopg.connect(shops_url) as admin:
        told = admin.execute(
            "select predicted_value_12m from reporting.customer_value_totals"
            " where company_id = 'acme'"
        ).fetchone()

    first, *rest = papers("acme", "executive_summary").pages

    assert told is not None
    # 12345.67 + 500 + 250, as people round and write it.
    assert round(told[0]) == 13096
    assert "13.096 €" in first
    assert "Acme Música" in first
    assert "Resumen ejecutivo" in first
    assert "Datos hasta 29 sept 1997" in first
    assert "Fecha de cálculo 30 sept 1997" in first
    assert f"1 / {len(rest) + 1}" in first
    assert f"{len(rest) + 1} / {len(rest) + 1}" in rest[-1]
    assert "Cómo se calcula cada número" in " ".join(rest)


def test_charts_are_drawings_whose_text_can_be_selected(papers: Papers) -> None:
    text = papers("bolt", "operational_report").text

    # The name of a bar, and the title of an axis.
    assert "Comuna 7" in text
    assert "Hora del día" in text


def test_pesos_have_no_decimals_on_paper(papers: Papers) -> None:
    text = papers("bolt", "executive_summary").text

    assert "987.654 CLP" in text
    assert re.search(r"\d,\d+ CLP", text) is None


@pytest.mark.parametrize("template", _TEMPLATES)
def test_a_report_holds_nothing_of_another_company(
    papers: Papers, template: str
) -> None:
    acme, bolt = papers("acme", template), papers("bolt", template)

    # The month tells its findings, the others their channels.
    is_month = template == "monthly_review"
    own, others = ("de acme", "de bolt") if is_month else ("Meta Ads", "TikTok Ads")
    assert others in bolt.text
    assert own not in bolt.text
    for told in (acme.text, render_report(acme.report)):
        assert own in told
        for foreign in ("987.654", "TikTok", "CLP", "Bolt"):
            assert foreign not in told


@pytest.mark.parametrize("template", _TEMPLATES)
def test_the_page_says_what_the_paper_says_and_fetches_nothing(
    papers: Papers, template: str
) -> None:
    paper = papers("bolt", template)

    page = render_report(paper.report)

    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert _FETCHES.search(body) is None
    assert "default-src 'none'" in page
    scalars = [card for card in paper.report.cards if card.display == "scalar"]
    numbers = [card for card in scalars if not card.empty_reason]
    # The month is told by sentences and a table, where each figure stands once.
    most = 0 if template == "monthly_review" else 8
    assert len(scalars) >= most
    # Of a mix that was blocked, the return; it says so in the number's place.
    for card in scalars:
        assert not card.empty_reason or card.empty_reason in page
    assert len(numbers) >= most - 1
    for card in numbers:
        number = card.rows[0][0].text
        told = f'style="--letters: {len(number)}">{number}</p>'
        assert f'<p class="number" {told}' in page
        assert re.sub(r"\s+", " ", number) in paper.text


def test_the_month_is_told_with_its_days_and_without_columns_nobody_fills(
    papers: Papers,
) -> None:
    month = papers("acme", "monthly_review").report
    year = papers("acme", "executive_summary").report

    assert month.period == "1 ago 1997 \u2013 31 ago 1997"
    assert year.period == "1 oct 1996 \u2013 30 sept 1997"
    tables = [card for card in month.cards if card.display == "table" and card.rows]
    assert tables
    for card in tables:
        for column in zip(*card.rows, strict=True):
            assert {cell.text for cell in column} != {"—"}, card.name


def test_findings_are_read_as_numbered_sentences_with_where_they_come_from(
    papers: Papers,
) -> None:
    first = papers("acme", "monthly_review").pages[0]

    assert "1. Hallazgo 1 de acme en 1997-08-01. Qué hacer: Mire los pedidos." in first
    assert "De dónde sale: reporting.sales: net_sales 2. Hallazgo 2 de acme" in first
    assert "1997-07-01" not in first


def test_a_report_has_the_logos_of_its_company_and_of_its_one_agency(
    shops_url: str,
) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    with psycopg.connect(shops_url) as admin:
        for agency in ("faro", "norte"):
            admin.execute(
                "insert into ops.companies (company_id, name, currency_code, time_zone)"
                " values (%s, %s, 'EUR', 'UTC') on conflict do nothing",
                (agency, f"Agencia {agency}"),
            )
        admin.execute(
            "insert into ops.agency_clients (company_id, client_id)"
            " values ('faro', 'acme'), ('faro', 'bolt'), ('norte', 'bolt')"
        )
        admin.cursor().executemany(
            "insert into ops.company_logos (company_id, media_type, content)"
            " values (%s, 'image/svg+xml', %s)",
            [(whose, svg) for whose in ("acme", "faro", "norte")],
        )

    acme, bolt = (find_logos(shops_url, whose) for whose in ("acme", "bolt"))
    paper = _drawn(shops_url, "acme", "monthly_review")
    with psycopg.connect(shops_url) as admin:
        admin.execute("delete from ops.companies where company_id in ('faro', 'norte')")
        admin.execute("delete from ops.company_logos")

    assert [(one.name, one.is_agency) for one in acme] == [
        ("Acme Música", False),
        ("Agencia faro", True),
    ]
    # Two agencies with a logo: whose report it is is not guessed.
    assert bolt == ()
    assert "Preparado por Agencia faro" in _pages(pdf_of(paper))[0]
    assert render_report(paper).count('<img src="data:image/svg+xml;base64,') == 2


def test_a_long_id_is_short_on_paper(papers: Papers) -> None:
    assert HASHED not in papers("acme", "operational_report").text


def test_what_people_typed_is_only_text(reporting_url: str) -> None:
    with psycopg.connect(reporting_url) as admin:
        admin.execute(
            "update ops.companies set name = %s where company_id = 'nueva'", (_MARKUP,)
        )
    report = _drawn(reporting_url, "nueva")

    assert "<script>alert" not in render_report(report)
    assert _MARKUP in _pages(pdf_of(report))[0]


def test_an_empty_company_is_told_once_what_is_missing(papers: Papers) -> None:
    text = papers("nueva", "executive_summary").text

    assert text.count("Todavía no hay compras de esta empresa") == 1
    assert "Sin datos todavía; el motivo está arriba." in text
    assert "None" not in text


def test_an_empty_card_says_what_its_company_lacks(papers: Papers) -> None:
    content = load_content(CONTENT_ROOT, EXAMPLE)
    (card,) = (
        one for one in content.cards.values() if one.path.stem == "rating_average"
    )

    assert card.when_empty is not None
    text = papers("acme", "executive_summary").text
    assert card.when_empty[:20] in text


def test_a_long_table_repeats_its_header_on_each_page(reporting_url: str) -> None:
    with psycopg.connect(reporting_url) as admin:
        admin.execute(
            "insert into reporting.rfm_segments"
            " select 'nueva', '1997-09-30', n, 'Segmento ' || n, n, 0.5, n"
            " from generate_series(1, 58) as n"
        )
    report = _drawn(reporting_url, "nueva")
    (card,) = (one for one in report.cards if "Segmento 1" in str(one.rows))

    pages = [one for one in _pages(pdf_of(report)) if re.search(r"Segmento \d+", one)]

    assert len(pages) > 1
    assert all(header.text in page for page in pages for header in card.headers)


def test_in_english_no_word_is_spanish(shops_url: str) -> None:
    report = _drawn(shops_url, "nueva", "operational", "en")

    text = " ".join(_pages(pdf_of(report)))

    assert "¿" not in text
    assert "Operational report" in text
    assert "Recommended actions" in text


def test_numbers_of_another_day_are_refused(shops_url: str) -> None:
    def ask(day: date) -> Report:
        request = ReportRequest("acme", "executive", as_of=day)
        return draw_report(shops_url, request, CONTENT_ROOT)

    assert ask(date(1997, 9, 30)).as_of_date == date(1997, 9, 30)
    with pytest.raises(WarehouseError, match="computed as of 1997-09-30, not as of"):
        ask(date(1997, 10, 1))


def test_before_the_first_run_it_says_what_to_run(database_url: str) -> None:
    with psycopg.connect(database_url) as admin:
        admin.execute("insert into ops.companies values ('fresh', 'F', 'EUR', 'UTC')")
        admin.execute("create role bi_fresh login in role bi_reader")
    try:
        with pytest.raises(WarehouseError, match="timonel run --company fresh"):
            _drawn(database_url, "fresh")
    finally:
        with psycopg.connect(database_url) as admin:
            admin.execute("drop role bi_fresh")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("next_euro", "last_euro", "section 6: no card is called last_euro"),
        ("period: page_period", "period: when", "no card is called when"),
        ("next_euro", "segment_values", "section 6: segment_values is shown twice"),
        ("reports.sections.results", "reports.none", "no label for"),
        ("  cards: [next_euro", "  show: [next_euro", "section 6 needs a heading"),
    ],
)
def test_a_wrong_template_is_named_with_its_place(
    edit: Edit, old: str, new: str, problem: str
) -> None:
    root = edit("reports/executive_summary.yml", old, new)

    (told,) = report_problems(root)

    assert problem in told
    assert "executive_summary.yml" in told


def test_the_committed_templates_have_no_problem() -> None:
    assert report_problems(CONTENT_ROOT) == report_problems(CONTENT_ROOT, "en") == []


def test_an_unknown_report_is_refused_with_those_there_are(shops_url: str) -> None:
    with pytest.raises(
        ContentError, match="executive_summary, monthly_review, operational_report"
    ):
        _drawn(shops_url, "acme", "annual")


def test_the_command_writes_each_kind_and_leaves_no_old_page(
    shops_url: str, tmp_path: Path
) -> None:
    stale = tmp_path / "nueva-executive_summary-es-99.png"
    stale.write_bytes(b"old")
    formats = [part for kind in ("html", "pdf", "png") for part in ("--format", kind)]
    arguments = ["report", "--company", "nueva", "--output", str(tmp_path), *formats]

    done = CliRunner().invoke(app, arguments, env={"TIMONEL_DATABASE_URL": shops_url})

    assert done.exit_code == 0, done.output
    written = [Path(line) for line in done.output.split()]
    assert {path.suffix for path in written} == {".html", ".pdf", ".png"}
    assert set(written) == set(tmp_path.iterdir())
    assert not stale.exists()
    assert written[1].read_bytes().startswith(b"%PDF")
    assert written[2].name == "nueva-executive_summary-es-01.png"
    assert written[2].read_bytes().startswith(b"\x89PNG")
