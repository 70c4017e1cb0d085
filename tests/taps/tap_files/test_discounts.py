"""An amount beside a discount is known to be before or after it, or is asked about."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.taps.tap_files.conftest import RunTap
from tests.taps.tap_files.test_row_worth import log, total

_DAY = "15/01/2026"

#: Header, a row with a discount and one without, and the money that was paid.
TOLD_DISCOUNTS = [
    ("bruto,descuento,importe", "100,10,90", "50,0,50", "140"),
    ("cantidad,precio,descuento,importe", "2,60,20,100", "1,40,0,40", "140"),
    ("bruto,% dto,importe", "1000,15,850", "50,,50", "900"),
    ("subtotal,iva,discount,revenue", "110,18.9,20,90", "50,10.5,0,50", "140"),
    ("subtotal,propina,descuento,monto", "1000,100,50,1050", "50,0,0,50", "1000"),
    ("importe,descuento", "100,0", "50,0.00", "150"),
    ("descuento,total", "10,90", "0,50", "140"),
]


@pytest.mark.parametrize(("header", "some", "none", "paid"), TOLD_DISCOUNTS)
def test_an_amount_after_its_discount_is_read(
    header: str, some: str, none: str, paid: str, read_text: RunTap
) -> None:
    run = read_text(log(header, f"{_DAY},a,1,{some}", f"{_DAY},b,2,{none}"))

    assert run.failures == []
    assert total(run.purchases) == Decimal(paid)


@pytest.mark.parametrize(
    ("header", "some", "none", "says"),
    [
        ("importe,descuento", "100,10", "50,0", ""),
        ("importe,descuento,pagado", "100,10,90", "50,0,50", ", as 'pagado' shows"),
        ("amount,discount,total", "100,10,90", "50,0,50", ", as 'total' shows"),
        ("importe,descuento,iva,a cobrar", "100,10,18.9,108.9", "50,0,10.5,60.5",
         ", as 'a cobrar' shows"),
        ("cantidad,precio,descuento,total", "2,50,10,100", "1,50,0,50",
         ", as price and quantity show"),
    ],
)  # fmt: skip
def test_an_amount_before_its_discount_is_asked_about(
    header: str, some: str, none: str, says: str, read_text: RunTap
) -> None:
    text = log(header, f"{_DAY},a,1,{some}", f"{_DAY},b,2,{none}")
    title = "descuento" if "descuento" in header else "discount"

    run = read_text(text)
    taken = read_text(
        text, columns={"discount_amount": title}, ignored_columns="pagado|a cobrar"
    )

    asked = f"the column {title!r} (here '10') may have to be taken off it{says}. Say"
    assert asked in run.failures[0]
    assert f"columns.discount_amount={title} takes it off" in run.failures[0]
    assert total(taken.purchases) == 140


def test_a_discount_is_no_larger_than_its_amount(read_text: RunTap) -> None:
    text = log("importe,descuento", f"{_DAY},a,1,100,10", f"{_DAY},b,2,5,10")

    run = read_text(text, columns={"discount_amount": "descuento"})

    assert total(run.purchases) == 90
    assert run.rejects == {"log.csv line 3": "the discount is larger than the amount"}


def test_a_share_that_is_taken_off_is_not_money(read_text: RunTap) -> None:
    for header, share in (("% dto", "10"), ("dto", "10%"), ("dto", "0.1")):
        run = read_text(log(f"importe,{header}", f"{_DAY},a,1,100,{share}"))

        assert "columns.discount_amount" not in run.failures[0]
        assert "export what was paid, columns.amount=" in run.failures[0]


def test_prices_that_are_multiplied_may_have_their_discount_taken_off(
    read_text: RunTap,
) -> None:
    text = log("cantidad,precio,descuento", f"{_DAY},a,1,2,60,20")

    run = read_text(text, columns={"discount_amount": "descuento"})

    assert run.failures == []
    assert total(run.purchases) == 100
