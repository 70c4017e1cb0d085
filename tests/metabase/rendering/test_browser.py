"""Page and report in a real browser: menu, choices, order, search, nothing cut off."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from metabase.content.load import CONTENT_ROOT
from metabase.rendering.preview import render_preview
from metabase.rendering.report import ReportRequest, draw_report
from metabase.rendering.report_html import render_report
from tests.metabase.rendering.opened_page import CUT, SHOWN, Page

_BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
_DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (_BROWSER and _DRIVER),
    reason="no chromium and chromedriver here: apt-get install chromium-driver",
)


_MANY = """
    insert into reporting.customer_values
        (company_id, customer_id, predicted_value_12m, historic_value,
        probability_no_purchase_90d, last_order_date, as_of_date)
    select company_id, 'Núñez ' || number, number, historic_value,
        probability_no_purchase_90d, last_order_date, as_of_date
    from reporting.customer_values, generate_series(1, 70) as number
    where company_id = 'bolt'
"""


@pytest.fixture(scope="module")
def page(shops_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with psycopg.connect(shops_url) as admin:
        admin.execute(_MANY)
    file = tmp_path_factory.mktemp("page") / "dashboards.html"
    file.write_text(render_preview(shops_url, ["acme", "bolt"], root=CONTENT_ROOT))
    options = Options()
    options.binary_location = str(_BROWSER)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Containers run as root and have little shared memory.
    for one in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(one)
    with webdriver.Chrome(options=options, service=Service(_DRIVER)) as driver:
        yield Page(driver, file)


def test_the_menu_opens_one_page_at_a_time(page: Page) -> None:
    page.open("acme/ventas")
    before = page.texts("h1")
    page.run("""[...document.querySelectorAll("nav ul:not([hidden]) a")]
        .find((one) => one.textContent === "Marketing").click()""")
    page.wait(f"return document.querySelector('{SHOWN} h1').innerText === 'Marketing'")

    assert before == ["Ventas"]
    assert page.texts("h1") == ["Marketing"]
    assert page.run("return location.hash") == "#acme/marketing"


def test_a_company_is_chosen_from_the_menu(page: Page) -> None:
    page.open("acme/ventas")
    page.run("""const picker = document.getElementById("company");
        picker.value = "bolt"; picker.dispatchEvent(new Event("change"))""")
    page.wait("return !document.getElementById('company-bolt').hidden")

    assert page.run("return document.getElementById('company-acme').hidden")
    links = page.run("""return [...document.querySelectorAll("nav a")]
        .filter((one) => one.checkVisibility()).map((one) => one.hash)""")
    assert links
    assert {link.split("/")[0] for link in links} == {"#bolt"}


def test_charts_are_drawn_when_their_page_is_opened(page: Page) -> None:
    page.open("acme/ventas")
    page.follow("acme/marketing")

    drawn = page.run(f"return document.querySelectorAll('{SHOWN} .chart svg').length")
    assert drawn >= 3
    assert page.complaints() == []


def test_charts_seen_before_the_window_changed_have_the_width_of_their_card(
    page: Page,
) -> None:
    narrow = f"""return Math.min(...[...document.querySelectorAll("{SHOWN} .chart")]
        .map((box) => box.querySelector("svg").getBoundingClientRect().width
            / box.getBoundingClientRect().width))"""
    page.open("acme/ventas")
    page.follow("acme/marketing")
    page.resize(1024)
    page.follow("acme/ventas")

    page.wait(f"{narrow} > .8")
    page.follow("acme/marketing")
    page.wait(f"{narrow} > .8")


def test_the_slider_tells_what_each_budget_brings(page: Page) -> None:
    title = "¿Cómo cambian ingresos, gasto y beneficio?"
    page.open("acme/simulador")
    as_it_stands = page.table(title)[0]

    # The last of four budgets: 0, 500, 600 and 1,000.
    page.choose("budget", "3")
    chosen, written = page.table(title)[0], page.texts(".choices output")
    page.run(f"document.querySelector('{SHOWN} .choices').reset()")

    # Without ads 900 come in; each unit of a budget brings a fifth.
    assert as_it_stands == ["Ingresos", "1.000,00 €", "1.000,00 €", "0,00 €"]
    assert chosen == ["Ingresos", "1.000,00 €", "1.100,00 €", "100,00 €"]
    assert written == ["1.000,00 €"]
    assert page.table(title)[0] == as_it_stands


def test_what_a_choice_leaves_nothing_of_says_so(page: Page) -> None:
    title = "¿Quiénes son mis clientes, por lo que valdrán?"
    page.open("acme/clientes")
    everybody = page.table(title)

    page.choose("value_segment", "En peligro")
    nobody = page.table(title)
    page.choose("value_segment", "")

    assert (len(everybody), nobody) == (3, [])
    assert page.table(title) == everybody


def test_a_link_chooses_on_the_page_behind(page: Page) -> None:
    page.open("acme/panel")
    page.run(f"""[...document.querySelectorAll("{SHOWN} td a")]
        .find((one) => one.hash.includes("customer")).click()""")
    page.wait("return location.hash.startsWith('#acme/ficha')")

    chosen = page.run(f"return document.querySelector('{SHOWN} select').value")
    assert chosen == "acme-1"
    assert "No hay ningún cliente con ese identificador." in page.texts(".empty")


def test_a_table_is_sorted_by_its_numbers(page: Page) -> None:
    title = "¿Quiénes son mis clientes, por lo que valdrán?"
    page.open("acme/clientes")

    page.act(title, "th:nth-child(4) button", "one.click()")
    down = [row[3] for row in page.table(title)]
    page.act(title, "th:nth-child(4) button", "one.click()")
    up = [row[3] for row in page.table(title)]

    # As texts 500 would stand before 12,345.
    assert down == ["12.345,67 €", "500,00 €", "250,00 €"]
    assert up == down[::-1]


def test_a_long_table_is_searched_and_shown_whole_when_asked_for(page: Page) -> None:
    title = "¿Quiénes son mis clientes, por lo que valdrán?"
    page.open("bolt/clientes")
    first = page.table(title)

    page.act(
        title,
        ".find",
        "one.value = 'nunez 7'; one.dispatchEvent(new Event('input'))",
    )
    found = [row[0] for row in page.table(title)]
    page.act(title, ".find", "one.value = ''; one.dispatchEvent(new Event('input'))")
    again = page.table(title)
    page.act(title, "button.all", "one.click()")

    # Without accents, and among the rows that were not shown.
    assert sorted(found) == ["Núñez 7", "Núñez 70"]
    assert (len(first), again) == (25, first)
    assert len(page.table(title)) == 71


def test_a_long_table_is_saved_whole_for_a_spreadsheet(page: Page) -> None:
    title = "¿Quiénes son mis clientes, por lo que valdrán?"
    page.open("bolt/clientes")
    # What would be saved is kept; nothing is left on the disk.
    page.run("""window.saved = [];
        HTMLAnchorElement.prototype.click = () => {};
        URL.createObjectURL = (blob) => {
            blob.text().then((text) => window.saved.push(text));
            return "about:blank";
        }""")

    page.act(title, "tbody td", "one.innerText = '=1+1'")
    page.act(title, ".save", "one.click()")
    page.wait("return window.saved.length > 0")
    (told,) = page.run("return window.saved")

    header, first, *others = told.removeprefix("\ufeff").splitlines()
    assert len(others) == 70
    assert header.startswith('"Cliente";')
    assert first.startswith('"\'=1+1";')
    # Numbers as a Spanish spreadsheet reads them, without a sign of their currency.
    assert first.split(";")[3] == '"987654,00"'


def test_a_report_has_its_charts_and_the_whole_width(
    page: Page, shops_url: str, tmp_path: Path
) -> None:
    request = ReportRequest("acme", "executive_summary", "es")
    report = draw_report(shops_url, request, CONTENT_ROOT)
    file = tmp_path / "report.html"
    file.write_text(render_report(report))

    page.show(file)

    charts = [card for card in report.cards if card.chart]
    assert len(charts) >= 3
    page.wait("return document.querySelectorAll('.chart svg').length > 0")
    assert page.run("return document.querySelectorAll('.chart svg').length") == len(
        charts
    )
    assert page.run("return document.querySelector('main').clientWidth") > 900
    assert page.run(CUT, "main") == []


def test_the_menu_is_there_again_when_the_window_grows(page: Page) -> None:
    seen = "return document.querySelector('nav a').checkVisibility()"
    page.open("acme/ventas")
    page.resize(390)
    page.follow("acme/panel")
    closed = page.run(seen)
    page.resize(1440)
    page.wait(seen)

    assert not closed


@pytest.mark.parametrize("width", [1440, 1024])
def test_a_table_that_is_scrolled_was_made_small_and_wide_first(
    page: Page, width: int
) -> None:
    tables = """return [...document.querySelectorAll(arguments[0] + " .card.table")]
        .map((card) => [card, card.querySelector(".scroll")])
        .filter(([card, scroll]) => scroll)
        .map(([card, scroll]) => [
          scroll.scrollWidth > scroll.clientWidth + 1,
          card.classList.contains("dense"),
          card.closest(".grid").classList.contains("stacked")])"""
    page.open("")
    page.resize(width)
    addresses = page.run(
        "return [...document.querySelectorAll('nav a')].map((one) => one.hash.slice(1))"
    )

    seen = []
    for address in addresses:
        page.follow(address)
        seen += page.run(tables, SHOWN)

    assert [True, False, False] not in seen
    assert [True, True, False] not in seen
    # What was too wide fits now, mostly.
    assert sum(is_dense and not is_cut for is_cut, is_dense, _ in seen) > sum(
        is_cut for is_cut, _, _ in seen
    )


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_is_cut_off(page: Page, width: int) -> None:
    page.open("")
    page.resize(width)
    addresses = page.run(
        "return [...document.querySelectorAll('nav a')].map((one) => one.hash.slice(1))"
    )

    cut = {}
    for address in addresses:
        page.follow(address)
        if found := page.run(CUT, SHOWN):
            cut[address] = found

    assert len(addresses) > 20
    assert cut == {}
