"""Exports and lists of many programs and countries, to totals made by hand.

Every file is made up. ``countries/totals.csv`` says what each comes to, in the currency
of its company: money kept of sales that count, or spent; net of taxes and shipping
where the file tells them. Where it says nothing, the file has to be asked about.
"""

from __future__ import annotations

import codecs
import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from taps.tap_files.statuses import COUNTED
from taps.tap_files.sums.net_sales import NetSales
from tests.taps.tap_files.conftest import Run, RunTap, run_once

FOLDER = Path(__file__).parent / "countries"
FILES = {path.name: path for path in FOLDER.rglob("*.*")}
TOTALS = {
    row["file"]: row
    for row in csv.DictReader((FOLDER / "totals.csv").read_text("utf-8").splitlines())
}
READ = [name for name, told in TOTALS.items() if told["money"]]
Table = list[list[str]]


def read(path: Path, name: str) -> Run:
    """What the tap says of a file, or of what a folder holds of its kind."""
    currency = TOTALS[name]["currency"]
    config = {"currency_code": currency, "time_zone": "Europe/Madrid"}
    return run_once({"paths": [str(path)], **config})


@lru_cache(maxsize=1_000)
def as_it_is(name: str) -> Run:
    """What the tap says of a file, which all tests of it go by."""
    return read(FILES[name], name)


def money(run: Run, currency: str) -> Decimal:
    """What was spent, or kept of the sales that count, in a currency."""
    spent = [
        row["spend"]
        for row in run.records("ad_spend")
        if (row["currency_code"] or currency) == currency
    ]
    kept = [
        row["amount"] - (row["refunded_amount"] or 0)
        for row in run.purchases
        if row["currency_code"] in {None, currency}
        and row["status"] in {None, *COUNTED}
    ]
    return sum((*spent, *kept), Decimal(0))


def rows_of(run: Run) -> Counter[tuple[Any, ...]]:
    """Each sale or spend that was loaded, without its place in the file."""
    sales = (
        (
            row["purchase_id"], row["customer_id"], row["amount"], row["status"],
            row["refunded_amount"], row["currency_code"], row["purchased_at"],
        )
        for row in run.purchases
    )  # fmt: skip
    spends = (
        (row["campaign_name"], row["spend"], row["spend_date"], row["period_end"])
        for row in run.records("ad_spend")
    )
    return Counter((*sales, *spends))


@pytest.mark.parametrize("name", TOTALS)
def test_a_file_gives_its_total_or_asks(name: str) -> None:
    told = TOTALS[name]

    run = as_it_is(name)

    if not told["money"]:
        assert (len(run.failures), run.records("files")) == (1, [])
        return
    assert run.failures == []
    assert money(run, told["currency"]) == Decimal(told["money"])
    if told["net"]:
        net = NetSales()
        for row in run.purchases:
            net.add(row)
        sums = net.told()["money"][told["currency"]]
        assert Decimal(sums["net sales"]) == Decimal(told["net"])


def table_of(name: str) -> Table:
    """The cells of a file."""
    content = FILES[name].read_bytes()
    if content[:2] == codecs.BOM_UTF16_LE:
        text = content.decode("utf-16")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeError:
            text = content.decode("cp1252")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    longest = max(text.split("\n"), key=lambda line: max(map(line.count, ",;\t")))
    delimiter = max(",;\t", key=longest.count)
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def written(rows: Table, delimiter: str, quoting: Any = csv.QUOTE_MINIMAL) -> str:
    """The same cells, written as another program writes them."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting).writerows(rows)
    return text.getvalue()


#: Form -> what a program makes of the cells.
FORMS: dict[str, Callable[[Table], bytes]] = {
    "tabs in UTF-16": lambda rows: written(rows, "\t").encode("utf-16"),
    "semicolons and a mark": lambda rows: written(rows, ";").encode("utf-8-sig"),
    "pipes": lambda rows: written(rows, "|").encode(),
    "every cell quoted": lambda rows: written(rows, ",", csv.QUOTE_ALL).encode(),
    "a title": lambda rows: f"Informe\r\n\r\n{written(rows, ';')}".encode(),
    "empty columns": lambda rows: written([[*r, "", ""] for r in rows], ";").encode(),
    "spaces": lambda rows: written(
        [[f" {cell} " for cell in row] for row in rows], ";"
    ).encode(),
}


@pytest.mark.parametrize("name", READ)
def test_another_form_of_a_file_says_the_same(name: str, folder: Path) -> None:
    whole = rows_of(as_it_is(name))
    rows = table_of(name)
    for form, make in FORMS.items():
        (folder / f"{form}.csv").write_bytes(make(rows))

    run = read(folder, name)

    assert run.failures == []
    found = {
        form: rows_of(Run([m for m in run.messages if _is_of(m, form)], [], {}))
        for form in FORMS
    }
    assert found == dict.fromkeys(FORMS, whole)


def _is_of(message: dict[str, Any], form: str) -> bool:
    record = message.get("record", {})
    return bool(record.get("file_name") == f"{form}.csv")


def damages(rows: Table, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """The file with one damage each, all of which can be told."""
    lines = [written([row], ";") for row in rows]
    width = max(map(len, rows))
    last = max(at for at, row in enumerate(rows) if len(row) == width)
    body = [at for at, row in enumerate(rows) if len(row) == width and at]
    some = chance.choice(body)
    whole = "".join(lines).encode()
    yield "zero bytes", whole[:-5] + b"\0" + whole[-5:]
    yield "nothing", b""
    cut = written([rows[last]], ";")
    yield "cut", "".join([*lines[:last], cut[: cut.index(";") + 1]]).encode()
    shifted = written([["x", *rows[some]]], ";")
    yield "a cell more", "".join([*lines[:some], shifted, *lines[some + 1 :]]).encode()
    yield (
        "a quote",
        "".join([*lines[:some], '"' + lines[some], *lines[some + 1 :]]).encode(),
    )


@pytest.mark.parametrize("name", READ)
def test_a_damaged_file_makes_no_other_rows(name: str, folder: Path) -> None:
    whole = rows_of(as_it_is(name))
    made = dict(damages(table_of(name), random.Random(name)))
    for damage, content in made.items():
        (folder / f"{damage}.csv").write_bytes(content)

    run = read(folder, name)

    for damage in made:
        rows = rows_of(Run([m for m in run.messages if _is_of(m, damage)], [], {}))
        is_told = any(f"{damage}.csv" in failure for failure in run.failures) or any(
            row["rejected_row_count"]
            for row in run.records("files")
            if row["file_name"] == f"{damage}.csv"
        )
        assert rows <= whole, damage
        assert is_told or rows == whole, damage


#: File -> an answer to what is asked of it, and what it then comes to.
ANSWERS: dict[str, tuple[dict[str, Any], str]] = {
    # An order and its invoice are one sale of 10, and one of 20.
    "pedido_y_factura.csv": (
        {
            "columns": {"status": "Tipo"},
            "statuses": {"Pedido": "left_out", "Factura": "paid"},
        },
        "30",
    ),
    "statement_recibo.csv": (
        {
            "columns": {"status": "Tipo"},
            "statuses": {"Factura": "paid", "Recibo": "left_out"},
        },
        "30",
    ),
    # 10 + 20, and 20 that came back: of nobody's sale, so it is their own.
    "tipo_mov.csv": (
        {"columns": {"status": "tipo"}, "statuses": {"V": "paid", "D": "left_out"}},
        "30",
    ),
    "dh.csv": ({"ignored_columns": "D/H"}, "50"),
    # 100 and 70 were held, and 80 of them was taken.
    "auth_first.csv": (
        {
            "columns": {"status": "Type"},
            "statuses": {"Authorization": "left_out", "Capture": "paid"},
        },
        "80",
    ),
    # What was annulled stands beside its sale, and in a row of its own.
    "transbank_both.csv": (
        {"columns": {"refunded_amount": ""}, "ignored_columns": "Monto Anulado"},
        "19990",
    ),
    # Received by whom ordered it; where it is paid later, it is not money yet.
    "fnac_mirakl.csv": ({"statuses": {"Received": "paid"}}, "59.80"),
    # 1.5 and 2.25 thousand; a 49.00 and a 12.50 in cents.
    "title_miles.csv": ({"amount_unit": "thousands"}, "3750"),
    "title_teur.csv": ({"amount_unit": "units"}, "3.75"),
    "api_cents.csv": ({"amount_unit": "cents"}, "49"),
    "activo.csv": (
        {"columns": {"status": "válido"}, "statuses": {"1": "paid", "0": "cancelled"}},
        "30",
    ),
    "parent_suborders.csv": ({"ignored_columns": "parent_order_id"}, "110"),
    "bundle.csv": ({"amount_per": "line"}, "130"),
    "customers_total.csv": ({"ignored_columns": "Nº de pedidos"}, "120"),
    "r_prefix.csv": ({"ignored_columns": "Nº factura"}, "40"),
    "neg_all.csv": ({"constants": {"status": "paid"}}, "-30"),
    "offers_list.csv": ({"ignored_columns": "Nº presupuesto"}, "242"),
    "comentario_anulado.csv": ({"ignored_columns": "comentarios"}, "30"),
    "contrareembolso.csv": (
        {
            "columns": {"status": "estado envío"},
            "statuses": {"rehusado": "cancelled"},
        },
        "10",
    ),
    "version_change.csv": ({"ignored_columns": "Actualizado"}, "55"),
    "spend_forecast.csv": ({"ignored_columns": "tipo"}, "30"),
    "yy_first.csv": ({"date_format": "DD/MM/YYYY"}, "30"),
    "obs_debe.csv": ({"ignored_columns": "Observaciones"}, "65"),
    "cliente_anulado.csv": ({"ignored_columns": "Cliente"}, "65"),
    "pagado_x.csv": ({"ignored_columns": "Pagado"}, "65"),
    "cambio_sin_moneda.csv": ({"ignored_columns": "Tipo de cambio"}, "32"),
    "noches_precio.csv": ({"ignored_columns": "Noches"}, "150"),
    "titulo_usd.csv": ({"constants": {"currency_code": "EUR"}}, "90"),
    "estado_vacio.csv": (
        {"columns": {"status": ""}, "ignored_columns": "Estado"},
        "90",
    ),
    "sustituye.csv": ({"ignored_columns": "Sustituye a"}, "105"),
    # What went out is no sale: 100 + 50 + 20 came in, 100 + 50, 10,000 + 7,000.
    "venta_y_compra.csv": (
        {
            "columns": {"status": "Operación"},
            "statuses": {"Venta": "paid", "Compra": "left_out"},
        },
        "170",
    ),
    "gasto_con_menos.csv": (
        {
            "columns": {"status": "Movimiento"},
            "statuses": {"Venta": "paid", "Gasto": "left_out"},
        },
        "160",
    ),
    "libro_de_caja.csv": (
        {
            "columns": {"status": "Concepto"},
            "statuses": {"Venta": "paid", "Luz": "left_out"},
        },
        "150",
    ),
    "retiro_de_caja.csv": (
        {
            "columns": {"status": "Movimiento"},
            "statuses": {"Venta": "paid", "Retiro de caja": "left_out"},
        },
        "17000",
    ),
    # Each part was paid for itself: 300 + 700 + 145.
    "anticipo_y_resto.csv": ({"ignored_columns": "Concepto"}, "1145"),
    "bono_marcado.csv": ({"ignored_columns": "Con bono"}, "365"),
    # 100 + 50, and another 100 that was sent for nothing.
    "garantia_si.csv": (
        {
            "columns": {"status": "Garantía"},
            "statuses": {"Sí": "left_out", "No": "paid"},
        },
        "150",
    ),
    # 10,000 + 20,000 less the 17,000 that it says.
    "reembolso_menos_comision.csv": (
        {"columns": {"refunded_amount": "Reembolsado"}},
        "13000",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_asked_of_a_file_can_be_answered(
    name: str, folder: Path, run_tap: RunTap
) -> None:
    answer, expected = ANSWERS[name]
    (folder / name).write_bytes(FILES[name].read_bytes())

    run = run_tap(currency_code="EUR", time_zone="Europe/Madrid", **answer)

    assert run.failures == []
    assert money(run, "EUR") == Decimal(expected)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        # 100 + 90, and 25 came back once, or twice.
        (
            {"columns": {"refunded_amount": ""}, "ignored_columns": "refunded_amount"},
            165,
        ),
        ({"columns": {"refunded_amount": "refunded_amount"}}, 140),
    ],
)
def test_a_refund_in_a_column_and_in_a_row_is_taken_off_as_it_is_answered(
    answer: dict[str, Any], kept: int, folder: Path, run_tap: RunTap
) -> None:
    name = "refund_in_both.csv"
    (folder / name).write_bytes(FILES[name].read_bytes())

    run = run_tap(currency_code="EUR", **answer)

    assert run.failures == []
    assert money(run, "EUR") == kept


def test_money_in_rows_that_all_look_like_totals_is_not_lost_in_silence(
    folder: Path, run_tap: RunTap
) -> None:
    report = "Report\n2026-01-01 - 2026-01-31\nKampania;Koszt;Klicks\nA;12,50;3\n"
    (folder / "report.csv").write_text(report)
    told = {"columns": {"spend": "Koszt"}, "constants": {"channel": "Google Ads"}}

    lost = run_tap(**told)
    told["columns"] |= {"campaign_name": "Kampania"}
    read = run_tap(**told)

    assert "each of the 1 rows looks like a total" in lost.failures[0]
    assert money(read, "EUR") == Decimal("12.50")


def test_a_file_of_refunds_is_asked_about_and_taken_off_when_it_is_said(
    folder: Path, run_tap: RunTap
) -> None:
    name = "devoluciones.csv"
    (folder / name).write_bytes(FILES[name].read_bytes())
    told = {"constants": {"status": "returned"}}

    asked = run_tap()
    sold = run_tap(ignored_columns="Motivo de la devolución")
    back = run_tap(**told, statuses={"returned": "returned"})
    unknown = run_tap(constants={"status": "zurück"})

    assert "may all be what was given back" in asked.failures[0]
    # The file is still called so.
    assert "the file is called so" in sold.failures[0]
    # One that is called after both had nothing come back.
    (folder / name).rename(folder / "ventas_y_devoluciones.csv")
    both = run_tap(ignored_columns="Motivo de la devolución")
    assert not both.failures
    assert money(both, "EUR") == 30
    assert not back.failures
    assert money(back, "EUR") == -30
    assert "constants.status is 'zurück'" in unknown.failures[0]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_what_was_held_is_left_out_whichever_stands_first(
    is_reversed: bool, folder: Path, run_tap: RunTap
) -> None:
    header, *rows = table_of("auth_first.csv")
    rows = rows[1::-1] if is_reversed else rows[:2]
    (folder / "held.csv").write_text(written([header, *rows], ","))

    run = run_tap(currency_code="EUR")

    assert "statuses.Authorization=left_out" in run.failures[0]
