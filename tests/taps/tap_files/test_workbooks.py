"""Workbooks as people keep them: what Excel shows beside the values is understood."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.taps.tap_files.conftest import Run, RunTap
from tests.taps.tap_files.workbook import Formula, Sheet, workbook

HEADER = ["Fecha", "Pedido", "Cliente", "Importe"]
#: They add up to 1450.25.
ROWS: list[list[object]] = [
    [date(2026, 1, 5), "P1", "ana@x.com", 1234.5],
    [date(2026, 1, 6), "P2", "leo@x.com", 65.5],
    [date(2026, 1, 7), "P3", "eva@x.com", 100],
    [date(2026, 1, 8), "P4", "ana@x.com", 50.25],
]


@pytest.fixture
def read(folder: Path, run_tap: RunTap) -> RunTap:
    """Write one workbook and run the tap on it."""

    def run(*sheets: Sheet, **settings: object) -> Run:
        (folder / "ventas.xlsx").write_bytes(workbook(*sheets))
        return run_tap(**{"currency_code": "EUR", **settings})

    return run


def total(run: Run) -> Decimal:
    return sum((row["amount"] for row in run.purchases), Decimal(0))


@pytest.mark.parametrize(
    ("code", "currency"),
    [
        ("[$€-C0A] #,##0.00", "EUR"),
        ("#,##0.00\\ [$£-809]", "GBP"),
        ('#,##0.00 "USD"', "USD"),
        ('"uds" #,##0.00', "EUR"),
        ("_-* #,##0.00\\ _£_-;\\-* #,##0.00\\ _£_-", "EUR"),
        ("_-* #,##0.00\\ [$£-809]_-", "GBP"),
        ("[$-409]#,##0.00", "EUR"),
        ("[$£-en-GB]#,##0.00", "GBP"),
    ],
)
def test_a_currency_may_stand_in_the_format_alone(
    code: str, currency: str, read: RunTap
) -> None:
    run = read(Sheet([HEADER, *ROWS], formats={3: [code]}))

    assert (run.failures, run.rejects) == ([], {})
    assert total(run) == Decimal("1450.25")
    assert {row["currency_code"] for row in run.purchases} == {currency}


def test_of_two_currencies_in_formats_the_other_is_set_aside(read: RunTap) -> None:
    pounds, euros = "[$£-809]#,##0.00", "#,##0.00 [$€-C0A]"

    run = read(Sheet([HEADER, *ROWS], formats={3: [euros, pounds]}))

    # The pounds stand in rows 3 and 5: 65.50 and 50.25.
    assert total(run) == Decimal("1334.5")
    assert (
        list(run.rejects.values())
        == ["amount: the amount is written in GBP, and the row in EUR"] * 2
    )


def test_formulas_that_nobody_worked_out_are_no_empty_cells(read: RunTap) -> None:
    paid = [[*row, Formula(f"D{n}*0.1")] for n, row in enumerate(ROWS, start=2)]

    run = read(Sheet([[*HEADER, "Reembolso"], *paid]))

    assert run.purchases == []
    assert run.failures == [
        "ventas.xlsx line 2: the column 'Reembolso' holds formulas whose results were "
        "not saved (4 cells). Open the file in Excel or LibreOffice and save it, or "
        "export the values instead of formulas."
    ]


def test_formulas_with_results_and_one_of_a_total_are_read(read: RunTap) -> None:
    rows = [[*row[:3], Formula("A1*1", str(row[3]))] for row in ROWS]
    empty = [[*row, Formula('IF(1,"","x")', "", "str")] for row in rows]
    sums = [None, None, None, Formula("SUM(D2:D5)"), None]

    run = read(Sheet([[*HEADER, "Notas"], *empty, sums]))

    assert (run.failures, run.rejects) == ([], {})
    assert total(run) == Decimal("1450.25")


def test_an_error_of_a_formula_is_no_empty_refund(read: RunTap) -> None:
    rows = [[*row, 0] for row in ROWS]
    rows[1][4] = Formula("VLOOKUP(1,2,3)", "#N/A", "e")

    run = read(Sheet([[*HEADER, "Reembolso"], *rows]))

    assert total(run) == Decimal("1384.75")
    assert list(run.rejects) == ["ventas.xlsx line 3"]


def test_what_excel_hides_is_read_and_told(read: RunTap) -> None:
    run = read(Sheet([HEADER, *ROWS], hidden_rows=[3, 4], hidden_columns=[4]))

    assert total(run) == Decimal("1450.25")
    assert run.file["notes"] == [
        "read the sheet 'Hoja1'",
        "2 rows are hidden in the sheet, and read as the others",
        "the sheet hides columns that are read as the others: 'Importe'",
    ]


def test_cells_of_an_order_that_are_merged_are_of_each_line(read: RunTap) -> None:
    run = read(
        Sheet(
            [
                ["Fecha", "Pedido", "Cliente", "Producto", "Importe"],
                [date(2026, 1, 5), 1001, "ana@x.com", "Taza", 10],
                [None, None, None, "Plato", 20],
                [None, None, None, "Vaso", 30],
                [date(2026, 1, 6), 1002, "leo@x.com", "Taza", 10],
            ],
            merged=["A2:A4", "B2:B4", "C2:C4"],
        )
    )

    assert (run.failures, run.rejects) == ([], {})
    assert total(run) == 70
    assert [row["purchase_id"] for row in run.purchases] == ["1001"] * 3 + ["1002"]


def test_a_merged_amount_is_added_up_once(read: RunTap) -> None:
    run = read(
        Sheet(
            [
                ["Fecha", "Cliente", "Producto", "Importe"],
                [date(2026, 1, 5), "ana@x.com", "Taza", 60],
                [None, None, "Plato", None],
                [date(2026, 1, 6), "leo@x.com", "Taza", 10],
            ],
            merged=["A2:A3", "B2:B3", "D2:D3"],
        )
    )

    assert total(run) == 70
    assert run.rejects == {"ventas.xlsx line 3": "amount is missing"}


def test_a_header_of_two_rows_is_one(read: RunTap) -> None:
    rows = [[*row[:3], 1, row[3]] for row in ROWS]
    first = ["Fecha", "Pedido", "Cliente", "Importe", None]

    run = read(
        Sheet(
            [first, [None, None, None, "unitario", "total"], *rows],
            merged=["A1:A2", "B1:B2", "C1:C2", "D1:E1"],
        )
    )

    assert (run.failures, run.rejects) == ([], {})
    assert total(run) == Decimal("1450.25")
    assert [row["line_number"] for row in run.purchases] == [3, 4, 5, 6]


def test_another_sheet_of_such_rows_is_asked_about(read: RunTap) -> None:
    february = [
        [date(2026, 2, 5), "P9", "zoe@x.com", 10],
        [date(2026, 2, 6), "P8", "ana@x.com", 20],
    ]
    enero = Sheet([HEADER, *ROWS], name="Enero")

    run = read(enero, Sheet(february, name="Febrero"))
    summary = read(enero, Sheet([["Mes", "Total"], ["enero", 1450.25]], name="Suma"))

    assert run.purchases == []
    assert (
        "the sheet 'Febrero' holds days and numbers where 'Enero' has them"
        in (run.failures[0])
    )
    assert total(summary) == Decimal("1450.25")


def test_a_hidden_sheet_gives_way_to_one_that_is_shown(read: RunTap) -> None:
    run = read(
        Sheet([HEADER, ROWS[0]], name="Antes", is_hidden=True),
        Sheet([HEADER, *ROWS], name="Pedidos"),
    )

    assert total(run) == Decimal("1450.25")
    assert (
        "the hidden sheet 'Antes' holds a table, and is left out" in (run.file["notes"])
    )


def test_days_that_a_program_took_for_months_are_asked_about(read: RunTap) -> None:
    # 5, 16, 7 and 28 January: where 05/01 made sense as 1 May it became that.
    days = [date(2026, 5, 1), "16/01/2026", date(2026, 7, 1), "28/01/2026"]
    rows = [[day, *row[1:]] for day, row in zip(days, ROWS, strict=True)]
    typed = [
        [day, *row[1:]]
        for day, row in zip([*days[:2], date(2026, 1, 16)], ROWS, strict=False)
    ]

    run = read(Sheet([HEADER, *rows]))
    told = read(Sheet([HEADER, *rows]), date_format="DD/MM/YYYY")
    mixed = read(Sheet([HEADER, *typed]))

    assert "line 3: the dates that are typed all have a day up to 12" in run.failures[0]
    assert (len(told.purchases), mixed.failures) == (4, [])


def test_rows_below_another_title_are_no_sales(read: RunTap) -> None:
    back = [date(2026, 1, 9), "P9", "zoe@x.com", 30]

    run = read(Sheet([HEADER, *ROWS, [], ["Devoluciones"], HEADER, back]))
    none = read(Sheet([HEADER, *ROWS, [], ["Devoluciones"]]))

    assert run.purchases == []
    assert "line 7: below the title 'Devoluciones' rows begin" in run.failures[0]
    assert total(none) == Decimal("1450.25")


def test_lines_without_a_day_and_a_buyer_are_no_totals(read: RunTap) -> None:
    rows: list[list[object]] = [
        ["Fecha", "Cliente", "Producto", "Importe"],
        [date(2026, 1, 5), "ana@x.com", "Taza", 10],
        [None, None, "Plato", 20],
        [None, None, "Vaso", 30],
    ]

    run = read(Sheet(rows))
    one = read(Sheet(rows[:-1]))

    assert run.purchases == []
    assert "line 3: 2 of 3 rows: the row has an amount, and neither" in run.failures[0]
    assert total(one) == 10
    assert list(one.rejects) == ["ventas.xlsx line 3"]


def test_cells_that_were_moved_are_of_no_other_column(read: RunTap) -> None:
    header = ["Fecha", "Pedido", "Cliente", "Envío", "Importe", "Notas"]
    rows = [[*row[:3], 5, row[3], "ok"] for row in ROWS]
    moved = [*rows[1][:3], None, *rows[1][3:]]
    remark = [*rows[2], "llamar"]

    run = read(Sheet([header, rows[0], moved, remark, rows[3]]))

    # A remark beside the table moves nothing; the shipping is not the amount.
    assert total(run) == Decimal("1384.75")
    assert list(run.rejects) == ["ventas.xlsx line 3"]
