"""What shops and advertisers export, read without a setting, to totals made by hand.

Every file is made up; its header is the program's own (see the preset's ``source``).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from taps.tap_files.contract import load_contracts
from taps.tap_files.presets import Preset, load_presets
from taps.tap_files.statuses import COUNTED, MEANINGS
from tests.taps.tap_files.conftest import Run, RunTap

EXPORTS = Path(__file__).parent / "exports"

#: Preset and file -> currency, orders, money of those that count less refunds.
SALES = {
    # 100 + 50 - 50 + 60 - 15.50
    "stripe_payments": ("USD", 5, "144.50"),
    # 120 + 80 - 20; the payout is none
    "stripe_balance": ("EUR", 2, "180.00"),
    # 55 (told on two lines) + 40 - 10
    "woocommerce_order_export": ("EUR", 4, "85.00"),
    # 55 (told on two lines) + 40 - 40
    "woocommerce_orders": ("EUR", 3, "55.00"),
    # 60 + 40 - 40
    "woocommerce_analytics": ("EUR", 3, "60.00"),
    # 1234.56 + 65.44 + 30 - 30
    "prestashop_orders": ("EUR", 5, "1300.00"),
    # 18 + 1.44 + 1100 - 100: net sales and their tax, without the tip
    "square_transactions": ("USD", 3, "1019.44"),
    # 18 + 1.44 + 5 + 0.40 - 9.72 of a buyer nobody knows; a gift card is no sale yet
    "square_items": ("USD", 2, "15.12"),
    # 1200 - 200 + 80; one is pending, one was taken to the bank
    "paypal_activity": ("EUR", 3, "1080.00"),
    # 3500 + 600 - 600
    "tiendanube_orders": ("ARS", 4, "3500.00"),
    # 10000 + 5000 - 1500 + 3000 - 3000
    "mercadopago_activity": ("EUR", 4, "13500"),
    "jumpseller_orders": ("CLP", 3, "23000"),
    # 53.50 + 1200; one was cancelled
    "etsy_orders": ("USD", 3, "1253.50"),
    # 45 (told on two lines) + 30 - 10; one is unpaid
    "wix_orders": ("EUR", 3, "65.00"),
    # 60.50 + 24.20 - 4.20; two are not paid
    "bigcommerce_orders": ("EUR", 4, "80.50"),
    # 1105 + 45 - 45 + 60 - 20; one was cancelled
    "magento_orders": ("EUR", 4, "1145.00"),
    # 50 (told on two lines) + 39 - 12; one is pending
    "squarespace_orders": ("USD", 3, "77.00"),
    # 71588 + 30000 - 10000 (of a package) + 10000 - 10000; one was cancelled
    "mercadolibre_sales": ("CLP", 3, "91588"),
    # 1020 + 5 - 5 + 20 + 30 - 20, without tax and fees; two rows are of the account
    "amazon_transactions": ("EUR", 2, "1050.00"),
    # 40 + 4.99 - 5 - 4.99 + 20 + 30
    "amazon_orders": ("EUR", 2, "85.00"),
    # 20 + 20 - 5 + 20 - 20 + 30 - 30: one was given back, one is disputed
    "gumroad_sales": ("USD", 4, "35.00"),
    # 1297 + 97.50 + 1297 - 1297 + 97 - 97; one expired, one waits for its payment
    "hotmart_sales": ("BRL", 6, "1394.50"),
    # 126.05 + 24.20 - 24.20; a transfer is still waited for
    "prestashop_sql": ("EUR", 3, "126.05"),
    # 20000 (told on two rows) + 5000; one was cancelled, one is not paid
    "vtex_orders": ("CLP", 4, "25000"),
    # 1030 + 64 (of which two rows name the products)
    "ebay_orders": ("USD", 2, "1094.00"),
    # 68 + 10 + 30, without shipping
    "etsy_order_items": ("USD", 2, "108.00"),
    # 90 + 10 + 20 - 20; one was cancelled, one is not paid
    "shopee_orders": ("BRL", 4, "100.00"),
    # 165 - 88 + 1200.50, with taxes; one was cancelled
    "loyverse_receipts": ("EUR", 4, "1277.50"),
    # 12.10 + 2.50; one was cancelled, and one row says that the first was paid out
    "sumup_transactions": ("EUR", 3, "14.60"),
    # 110 + 20 of one order, 55 - 15 of another; one payment failed
    "clover_payments": ("USD", 2, "170.00"),
    # 20000 + 10000 - 10000 by what was charged, whatever was left of it
    "mercadopago_released": ("ARS", 2, "20000.00"),
    # 70 + 50 - 20 + 40 - 40; one failed
    "gocardless_payments": ("EUR", 4, "100.00"),
    # 121 + 50 - 20; one was declined, one is void
    "braintree_transactions": ("USD", 4, "151.00"),
    # 1200.50 + 99.50: what is won
    "hubspot_deals": ("EUR", 4, "1300.00"),
}
#: Other forms of a program's export -> its preset, and the same.
OTHER_FORMS = {
    # 49 + 120 - 20, one failed
    "stripe_payments_spanish": ("stripe_payments", "EUR", 3, "149.00"),
    # 100 + 50 - 50; no buyer is named, and a refund has an id of its own
    "stripe_balance_history": ("stripe_balance", "EUR", 3, "100.00"),
    # 19990 - 19990 + 10000; what was taken out is no sale
    "mercadopago_account": ("mercadopago_account", "CLP", 2, "10000"),
    # 100 - 40 - 60 + 60: a dispute that was won a week later
    "stripe_balance_itemized": ("stripe_balance", "EUR", 1, "60.00"),
    # 1210 - 121; what the shop paid itself, and got back, is no sale
    "paypal_statement": ("paypal_activity", "EUR", 1, "1089.00"),
    # 40 - 40 + 70 - 20: a refund is a row of its own, whatever its sale says
    "paypal_refunds": ("paypal_activity", "USD", 2, "50.00"),
    # 19990 + 30000 - 5000: labels of another country, the same codes
    "mercadopago_labels": ("mercadopago_activity", "EUR", 3, "44990"),
    # 100 + 40 - 40 + 50: one dispute was lost, one won
    # 1121 - 21 + 3.50; a bill that the shop paid is no sale
    "paypal_german": ("paypal_activity", "EUR", 2, "1103.50"),
    # 60 - 20 + 42: a refund has no minus, and one was denied
    "redsys_operations": ("redsys_operations", "EUR", 5, "82.00"),
    # Of the last, 10 and the 20 that are disputed are gone.
    "stripe_disputes": ("stripe_payments", "USD", 4, "180.00"),
    # 20 + 30 + 5 - 10 + 15 - 5, without taxes and tips; a trial and what was ordered
    # before it is there are unpaid
    "gumroad_taxes": ("gumroad_sales", "USD", 3, "55.0"),
    # 174 - 174 + 1160, with taxes
    "loyverse_spanish": ("loyverse_receipts", "EUR", 3, "1160.00"),
    # 80 + 40 - 20 of a buyer nobody knows
    "loyverse_items_spanish": ("loyverse_items", "EUR", 2, "100"),
}
#: Of programs that write no currency: the company's is meant.
OF_THE_COMPANY = {
    *("square_transactions", "square_items", "vtex_orders", "ebay_orders"),
    *("shopee_orders", "loyverse_spanish", "loyverse_items_spanish"),
}
#: Preset and file -> tax and shipping in the money that counts, before refunds.
PARTS = {
    # of 126.05 and 24.20, without tax 104.17 (4.17 of it shipping) and 20
    "prestashop_sql": ("26.08", "4.17"),
    # told on two lines, and counted once
    "woocommerce_order_export": ("0", "5.00"),
    "squarespace_orders": ("7.00", "12.00"),
    "square_transactions": ("1.44", "0"),
    "loyverse_receipts": ("7.00", "0"),
    # 10.50 + 4.20, and 4.13 of shipping that its own tax is out of
    "bigcommerce_orders": ("14.70", "4.13"),
    "tiendanube_orders": ("0", "500.00"),
    "hotmart_spanish": ("31.50", "0"),
    "clover_payments": ("16.82", "0"),
    # of the sale and its return
    "loyverse_spanish": ("160.00", "0"),
    "gumroad_taxes": ("0", "5.0"),
}


def export(name: str) -> str:
    """A file that a program exports."""
    (file,) = EXPORTS.rglob(f"{name}.csv")
    return file.read_text("utf-8")


def money(run: Run) -> Decimal:
    """What counts, as the warehouse adds it up."""
    return sum(
        (
            row["amount"] - (row["refunded_amount"] or 0)
            for row in run.purchases
            if row["status"] is None or row["status"] in COUNTED
        ),
        Decimal(0),
    )


@pytest.mark.parametrize("name", [*SALES, *OTHER_FORMS])
def test_a_shops_export_gives_its_totals_without_a_setting(
    name: str, read_text: RunTap
) -> None:
    preset, currency, orders, expected = (
        OTHER_FORMS[name] if name in OTHER_FORMS else (name, *SALES[name])
    )
    own = currency if name in OF_THE_COMPANY else "EUR"

    run = read_text(export(name), currency_code=own, time_zone="Europe/Madrid")

    assert (run.failures, run.rejects) == ([], {})
    assert f"read as {load_presets()[preset].title}" in run.file["notes"]
    assert {row["currency_code"] for row in run.purchases} == {currency}
    assert run.file["order_count"] == orders
    assert money(run) == Decimal(expected)


@pytest.mark.parametrize("name", PARTS)
def test_a_shops_export_tells_its_tax_and_its_shipping(
    name: str, read_text: RunTap
) -> None:
    run = read_text(export(name), currency_code="USD")

    counted = [row for row in run.purchases if row["status"] in {None, *COUNTED}]
    told = [
        sum(row[part] or 0 for row in counted)
        for part in ("tax_amount", "shipping_amount")
    ]
    assert told == [Decimal(part) for part in PARTS[name]]


def test_what_a_shop_added_to_a_known_export_is_asked_when_it_is_given_back(
    read_text: RunTap,
) -> None:
    header, *rows = export("woocommerce_order_export").splitlines()
    added = [f"{header},Devoluciones a mano", *(f"{row},0" for row in rows)]

    nothing = read_text("\n".join(added) + "\n", currency_code="EUR")
    added[1] = added[1].removesuffix("0") + "3.50"
    something = read_text("\n".join(added) + "\n", currency_code="EUR")

    assert nothing.failures == []
    assert (
        "'Devoluciones a mano' may change what a row is worth"
        in (something.failures[0])
    )


def test_a_plugins_words_for_the_address_are_understood(read_text: RunTap) -> None:
    text = export("woocommerce_orders")
    header, rows = text.split("\n", 1)
    spoken = header.replace("billing_email", "Billing Email Address")
    spoken = ",".join(name.replace("_", " ").title() for name in spoken.split(","))

    told, run = read_text(text), read_text(f"{spoken}\n{rows}")

    # It is another file all the same.
    for row in (*told.purchases, *run.purchases):
        row.pop("file_sha256")
    assert "Billing Email Address" in spoken
    assert run.purchases == told.purchases != []
    assert f"read as {load_presets()['woocommerce_orders'].title}" in run.file["notes"]


def test_nuvemshop_is_tiendanube_in_portuguese(read_text: RunTap) -> None:
    run = read_text(export("nuvemshop_orders"))

    assert (run.failures, run.rejects) == ([], {})
    told = [(e["purchase_id"], e["amount"], e["status"]) for e in run.purchases]
    # The second product of an order has no total of its own.
    assert told == [("1001", 1120, "paid"), ("1002", 70, "failed")]
    assert {row["currency_code"] for row in run.purchases} == {"BRL"}


def test_stripes_times_are_in_utc(read_text: RunTap) -> None:
    run = read_text(export("stripe_payments"), time_zone="Europe/Madrid")

    assert run.purchases[0]["purchased_at"] == "2025-01-05T23:30:00+00:00"
    assert run.file["first_date"] == "2025-01-06"


def test_a_buyer_is_their_address_with_or_without_an_account(read_text: RunTap) -> None:
    run = read_text(export("stripe_payments"))

    buyers = [row["customer_id"] for row in run.purchases]
    assert buyers == ["ana@x.com", "leo@x.com", "eva@x.com", "ana@x.com", "iris@x.com"]


def test_a_package_is_one_sale_of_its_buyer(read_text: RunTap) -> None:
    run = read_text(export("mercadolibre_sales"), time_zone="America/Santiago")

    told = [
        (row["purchase_id"][-1], row["customer_id"], row["amount"], row["purchased_at"])
        for row in run.purchases
    ]
    assert told == [
        ("1", "11111111", 71588, "2025-01-05T22:29:00+00:00"),
        ("2", "22222222", 30000, "2025-01-08T02:50:00+00:00"),
        ("6", "11111111", 10000, "2025-01-20T13:00:00+00:00"),
    ]
    assert "2 rows are no sales (no amount); left out" in run.file["notes"]


def test_amazon_gives_back_to_an_order_whose_buyer_nobody_knows(
    read_text: RunTap,
) -> None:
    run = read_text(export("amazon_transactions"), time_zone="Europe/Madrid")

    assert {row["customer_id"] for row in run.purchases} == {None}
    (refund,) = (row for row in run.purchases if row["amount"] < 0)
    assert refund["purchase_id"] == "402-0000002-0000002"
    # 11 in the evening of the 5th, seven hours west of Greenwich.
    assert run.purchases[0]["purchased_at"] == "2025-01-06T06:03:59+00:00"


def test_a_refund_belongs_to_the_sale_it_names(read_text: RunTap) -> None:
    run = read_text(export("paypal_activity"))

    refund = next(row for row in run.purchases if row["amount"] < 0)
    assert (refund["purchase_id"], refund["customer_id"]) == ("A1", "ana@x.com")
    assert refund["purchased_at"] == "2025-07-15T12:00:00+00:00"


def test_what_is_no_sale_is_left_out_and_told(read_text: RunTap) -> None:
    notes = read_text(export("paypal_activity")).file["notes"]

    assert "1 rows are no sales (Retirada general); left out" in notes


#: Case -> file, channel, currency, spend, rows with a period of (first, last) days.
SPEND = {
    "Meta in Spanish": (
        "meta_ads_spanish", "Meta Ads", "CLP", "16500", [("2025-01-01", "2025-01-03")],
    ),
    "Meta in English": ("meta_ads_english", "Meta Ads", "USD", "22.00", []),
    "Google in Spanish": ("google_ads_spanish", "Google Ads", "EUR", "1300.00", []),
    "Google by week": (
        "google_ads_weeks", "Google Ads", "USD", "1470.00",
        [("2025-01-06", "2025-01-12"), ("2025-01-13", "2025-01-19")],
    ),
    # The row of totals has no day, and the period of the report.
    "Meta by day": ("meta_ads_days", "Meta Ads", "EUR", "26.75", []),
    # Each week has its own money, whatever period the report is of.
    "Meta by week": (
        "meta_ads_weeks", "Meta Ads", "USD", "147.00",
        [("2025-03-03", "2025-03-09"), ("2025-03-10", "2025-03-16")],
    ),
    "Google without days": (
        "google_ads_whole", "Google Ads", "USD", "100.00",
        [("2025-01-01", "2025-01-10")],
    ),
    "Meta in Portuguese": ("meta_ads_portuguese", "Meta Ads", "BRL", "20.00", []),
    "Meta in German": ("meta_ads_german", "Meta Ads", "EUR", "1025.00", []),
    "Google in Portuguese": (
        "google_ads_portuguese", "Google Ads", "BRL", "1662.01", [],
    ),
    "TikTok": ("tiktok_ads", "TikTok Ads", "USD", "20.00", []),
    "LinkedIn": ("linkedin_ads", "LinkedIn Ads", "EUR", "1220.00", []),
    "Microsoft": ("microsoft_ads", "Microsoft Ads", "EUR", "56.00", []),
    "Pinterest": ("pinterest_ads", "Pinterest Ads", "GBP", "23.00", []),
    "Amazon": ("amazon_ads", "Amazon Ads", "EUR", "22.00", []),
}  # fmt: skip


@pytest.mark.parametrize("case", SPEND)
def test_an_advertisers_export_gives_its_totals_without_a_setting(
    case: str, read_text: RunTap
) -> None:
    name, channel, currency, spend, periods = SPEND[case]

    run = read_text(export(name), currency_code="GBP")

    rows = run.records("ad_spend")
    assert (run.failures, run.rejects) == ([], {})
    assert {(row["channel"], row["currency_code"]) for row in rows} == {
        (channel, currency)
    }
    assert run.file["control_total"] == Decimal(spend)
    assert [
        (row["spend_date"], row["period_end"]) for row in rows if row["period_end"]
    ] == periods


def test_google_in_utf_16_as_it_is_downloaded(read_text: RunTap) -> None:
    text = "\n".join(
        "\t".join(cell.strip('"') for cell in line.split(","))
        for line in export("google_ads_weeks")
        .replace('"1,400.00"', "1400.00")
        .splitlines()
    )

    run = read_text((text + "\n").encode("utf-16"))

    assert run.failures == []
    assert run.file["control_total"] == 1470


def test_clicks_and_impressions_come_with_the_spend(read_text: RunTap) -> None:
    first, second = read_text(export("google_ads_spanish")).records("ad_spend")

    assert (first["impressions"], first["clicks"]) == (12345, 678)
    assert (first["attributed_revenue"], second["attributed_revenue"]) == (3000, None)


def test_what_was_never_shown_has_no_spend(read_text: RunTap) -> None:
    run = read_text(
        "Day,Campaign,Currency code,Cost,Impr.,Clicks\n2025-03-01,a,EUR,12.50,10,1\n"
        "2025-03-01,b,EUR, --,0,0\n2025-03-01,c,EUR, --,7,0\n"
    )

    assert run.file["control_total"] == Decimal("12.50")
    assert "1 rows tell no spend; left out" in run.file["notes"]
    assert run.rejects == {"log.csv line 4": "spend is missing"}


def test_a_list_of_lines_is_no_export_of_orders(read_text: RunTap) -> None:
    lines = (
        "Order ID,Date,Customer Email,Status,Product,Total\n"
        "1,2026-01-15,ana@x.com,Paid,Mug,10\n1,2026-01-15,ana@x.com,Paid,Pot,10\n"
    )

    run = read_text(lines, currency_code="EUR")
    told = read_text(lines, currency_code="EUR", amount_per="line")

    assert "amount_per=order or amount_per=line" in run.failures[0]
    assert money(told) == 20


@pytest.mark.parametrize("preset", load_presets().values(), ids=lambda p: p.name)
def test_a_preset_is_a_sound_declaration(preset: Preset) -> None:
    contract = load_contracts()[preset.contract]
    columns = {column.name for column in contract.columns}
    assert {*preset.columns, *preset.constants, *preset.filled} <= columns
    words = {column.name: set(column.one_of) for column in contract.columns}
    for column, spelled in preset.spelled.items():
        assert set(spelled.values()) <= words[column]
    assert set(preset.statuses.values()) <= set(MEANINGS)
    assert preset.source.startswith("https://")


def test_a_spreadsheet_is_read_with_its_title_and_its_totals(
    folder: Path, run_tap: RunTap
) -> None:
    (folder / "ventas.xlsx").write_bytes(
        spreadsheet(
            [
                ["Ventas de enero"],
                [],
                ["Fecha", "Cliente", "Pedido", "Importe"],
                [45662, "ana@x.com", 6801234567890, 1234.5],
                [45663.5, "leo@x.com", 6801234567891, 65.5],
                ["Total", None, None, 1300],
            ]
        )
    )

    run = run_tap(currency_code="EUR")

    assert (run.failures, run.rejects) == ([], {})
    assert [
        (row["purchase_id"], row["purchased_at"], row["amount"])
        for row in run.purchases
    ] == [
        ("6801234567890", "2025-01-05T00:00:00+00:00", Decimal("1234.5")),
        ("6801234567891", "2025-01-06T12:00:00+00:00", Decimal("65.5")),
    ]


def test_a_workbook_of_two_tables_is_asked_about(folder: Path, run_tap: RunTap) -> None:
    january: list[list[object]] = [
        ["Fecha", "Cliente", "Importe"],
        ["2025-01-05", "ana@x.com", 20.5],
    ]
    rates: list[list[object]] = [["Mes", "Meta"], ["enero", 100]]
    (folder / "two.xlsx").write_bytes(spreadsheet(january, january))
    (folder / "one.xlsx").write_bytes(spreadsheet(rates, january))

    run = run_tap(currency_code="EUR")

    assert [row["file_name"] for row in run.purchases] == ["one.xlsx"]
    assert run.failures == [
        "two.xlsx: the sheets 'Hoja1' and 'Hoja2' both hold a table to read. Save each "
        "as a file of its own, or remove the one that repeats the other."
    ]


def spreadsheet(*sheets: Sequence[Sequence[object]]) -> bytes:
    """A workbook written by hand: its cells are numbers or inline texts."""

    def cell(value: object) -> str:
        if value is None:
            return "<c/>"
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship '
        f'Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        + "".join(f'<sheet name="Hoja{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{office}/worksheet" '
            f'Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        + "</Relationships>",
    }
    for n, rows in zip(numbers, sheets, strict=True):
        lines = "".join(
            f'<row r="{number}">{"".join(map(cell, row))}</row>'
            for number, row in enumerate(rows, start=1)
        )
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
        )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.mark.parametrize("word", ["ventas_atribuidas", "Ventas atribuidas"])
def test_the_words_of_our_own_pages_are_understood(
    read_text: RunTap, word: str
) -> None:
    run = read_text(
        f"fecha,canal,gasto,{word}\n2024-01-05,Meta Ads,10,30\n", name="gasto.csv"
    )

    (row,) = run.records("ad_spend")
    assert row["attributed_revenue"] == 30
