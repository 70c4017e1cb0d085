"""A bad file emits nothing and says what is wrong, where, and what to do."""

from __future__ import annotations

import errno
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from taps.tap_files.preview import preview
from taps.tap_files.settings import Settings
from tests.taps.tap_files.conftest import RunTap

GOOD = "customer_id,date,amount\n1,2024-01-05,10.00\n2,2024-01-06,12.50\n"
MANY = "customer_id,date,amount\n" + "7,2024-01-05,10.00\n" * 9

BAD_FILES: dict[str, tuple[str | bytes, str, str]] = {
    "an unknown delimiter": (
        "customer_id^date^amount\n1^2024-01-05^10\n",
        "log.csv line 1: the delimiter is not a comma",
        "the setting delimiter",
    ),
    "a missing column": (
        "customer_id,date,colour\n1,2024-01-05,red\n",
        "no column for amount of the contract purchases; columns found: customer_id, "
        "date, colour",
        "the setting columns.amount=<column of the file>",
    ),
    "an order export that no preset knows": (
        "Ref,Order No,Customer Email,Recorded,Order Sum Total,Ship Number\n"
        "1,77,a@x.com,2024-01-05,10.00,3\n",
        "no column for purchased_at, amount of the contract purchases",
        "columns.purchased_at=<column of the file>. If the file holds something else, "
        "say what with --contract",
    ),
    "an amount of another name": (
        "Order No,Customer Email,Date,Order Sum (inc)\n77,a@x.com,2024-01-05,10.00\n",
        "no column for amount of the contract purchases",
        "Perhaps it is 'Order Sum (inc)': say which with the setting columns.amount=",
    ),
    "receipts of a till below a title with days": (
        "Raw data;;;;\nPeriod: 2026-01-01 - 2026-01-31;;;;\n;;;;\n"
        "Date;Receipt number;Total;Currency;Name\n"
        "13/01/2026;1001;12,00;EUR;Coffee\n14/01/2026;1002;18,00;EUR;Cake\n",
        "no column for customer_id of the contract purchases",
        "or say with constants.customer_id= (empty) that it tells no buyers",
    ),
    "orders of a till that tell neither a day nor a buyer as others do": (
        "Location,Order Id,Order #,Checks,Opened,Discount Amount,Amount,Tax,Total\n"
        "Main,5001,1,1,1/25/26 1:10 PM,5.00,50.00,4.00,54.00\n",
        "no column for customer_id, purchased_at of the contract purchases",
        "or say with constants.customer_id= (empty) that it tells no buyers",
    ),
    "a wallet whose words nobody knows": (
        "Data,Hora,Nome,Tipo,Status,Moeda,Bruto,Do endereço de e-mail,Saldo\n"
        "15/01/2026,10:00:00,Ana,Pagamento,Concluído,BRL,300.00,ana@x.com,300.00\n",
        "no column for customer_id, amount of the contract purchases",
        "Perhaps it is 'Do endereço de e-mail': say which with the setting "
        "columns.customer_id=",
    ),
    "no header": (
        "17,2024-01-05,10.00\n18,2024-01-06,12.50\n",
        "log.csv line 1: the first line holds values",
        "Add a first line",
    ),
    "nothing in it": ("", "log.csv: the file is empty", "Export it again"),
    "only blank lines": ("\n\n \n", "log.csv: the file is empty", "Export it again"),
    "an unclosed quote": (
        'customer_id,date,amount\n1,2024-01-05,10.00\n"2,2024-01-06,12.50\n',
        "log.csv line 3: a quote opens here and is never closed",
        "Export it again",
    ),
    "a quote that swallows lines": (
        'customer_id,date,amount\n"1,2024-01-05,10\n2,2024-01-06,12\n3"x,2024-01-07,9\n',
        "log.csv line 2: a quote opened here swallows the following lines",
        "Double or remove the quote",
    ),
    "two stray quotes, three rows": (
        'cliente,fecha,importe\n1,"13 ene 2025,€ 10\n2,14 ene 2025,€ 12\n'
        '3,15 ene 2025",€ 9\n4,16 ene 2025,€ 8\n',
        "log.csv line 2: a quote opened here swallows the following lines",
        "Double or remove the quote",
    ),
    "columns that change their places": (
        GOOD + "date,customer_id,amount\n2024-01-07,3,8.00\n",
        "log.csv line 4: the names of the columns stand here again in another order",
        "Put each export in a file of its own",
    ),
    "a break inside an amount": (
        'customer_id,date,amount\n1,2024-01-05,"1.2\n34"\n',
        "1.2\\n34 may be 1.234 or 1234",
        "Say it with the setting decimal_separator",
    ),
    "a short last row": (
        "customer_id,date,amount\n1,2024-01-05,10.00\n2,2024-01",
        "log.csv line 3: the file looks cut in half: the last row has 2 of 3 fields",
        "Export it again",
    ),
    "a cut last value": (
        MANY + "8,2024-01-06,1",
        "log.csv line 11: the file looks cut in half: the last value is shorter",
        "end its last line with a line break",
    ),
    "a cut header": (
        "customer_id,date,amount,curr",
        "log.csv line 1: the file looks cut in half: it ends inside its first line",
        "end its last line with a line break",
    ),
    "a last value that wants more": (
        GOOD + "3,2024-01-07,8.",
        "log.csv line 4: the file looks cut in half: the last value is shorter",
        "Export it again",
    ),
    "a cut last letter": (
        (GOOD + "Peña,2024-01-07,8.00\nMuñ").encode()[:-1],
        "log.csv line 5: the file ends in the middle of a character",
        "Export it again",
    ),
    "a byte that is not UTF-8": (
        (GOOD + "Peña Núñez,2024-01-07,8.00\n").encode()
        + b"Mu\xf1oz,2024-01-08,1.00\n",
        "log.csv line 5: byte 0xF1 is not utf-8 text",
        "name its encoding",
    ),
    "another alphabet": (
        "customer_id,date,amount\nЮлий Пушкин,2024-01-05,10.00\n".encode("cp1251"),
        "log.csv line 2: the file is neither UTF-8 nor cp1252 text",
        "name its encoding",
    ),
    "garbled text throughout": (
        "customer_id,date,amount\n" + "JosÃ© PeÃ±a,2024-01-05,10.00\n" * 4,
        "log.csv line 2: the text of 4 rows is garbled",
        "Export it again as UTF-8",
    ),
    "garbled by a GBK reader": (
        "customer_id,date,amount\n"
        + "José Peña,2024-01-05,10.00\n".encode().decode("gbk") * 4,
        "log.csv line 2: the text of 4 rows is garbled",
        "Export it again as UTF-8",
    ),
    "a header garbled by a GBK reader": (
        "cliente,fecha,monto,país\n7,2024-01-05,10,CL\n".encode().decode("gbk"),
        "log.csv: the header is garbled",
        "Export it again as UTF-8",
    ),
    "a spreadsheet": (
        b"PK\x03\x04rest of an archive",
        "log.csv: the file is a spreadsheet or an archive",
        "save it as CSV",
    ),
    "zero bytes": (
        GOOD.encode() + b"3,2024-01-07,\x008.00\n",
        "log.csv line 4: the file holds zero bytes",
        "Export it again",
    ),
    "several contracts": (
        "date,channel,customer_id,spend\n2024-01-05,meta_ads,7,10\n",
        "log.csv: several contracts match: ad_spend and purchases",
        "the setting contract",
    ),
    "days and months that could be swapped": (
        "customer_id,date,amount\n1,03/04/2024,10.00\n",
        "log.csv line 2: the dates may be DD/MM/YYYY or MM/DD/YYYY",
        "the setting date_format",
    ),
    "two date formats": (
        "customer_id,date,amount\n1,13/04/2024,10.00\n1,04/13/2024,10.00\n",
        "dates are written as 'DD/MM/YYYY' (line 2) and as 'MM/DD/YYYY' (line 3)",
        "set date_format",
    ),
    "two decimal separators": (
        'customer_id,date,amount\n1,2024-01-05,10.5\n2,2024-01-06,"10,5"\n',
        "log.csv line 3: amounts are written as '.' (line 2) and as ',' (line 3)",
        "set decimal_separator",
    ),
    "a doubled column": (
        "customer_id,date,amount,amount\n1,2024-01-05,10.00,11.00\n",
        "log.csv line 1: the column for amount appears more than once",
        "Rename or remove",
    ),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_is_refused_whole_with_line_and_remedy(
    case: str, folder: Path, run_tap: RunTap
) -> None:
    content, problem, remedy = BAD_FILES[case]
    raw = content.encode() if isinstance(content, str) else content
    (folder / "log.csv").write_bytes(raw)

    run = run_tap()

    assert len(run.failures) == 1
    assert problem in run.failures[0]
    assert remedy in run.failures[0]
    assert "\n" not in run.failures[0]
    assert not [m for m in run.messages if m["type"] == "RECORD"]


def test_the_wrong_encoding_setting_is_named_as_the_cause(read_text: RunTap) -> None:
    text = "customer_id,date,amount\n" + "José Peña,2024-01-05,10.00\n" * 4

    run = read_text(text, encoding="cp1252")

    assert "the setting encoding is cp1252" in run.failures[0]
    assert "Set encoding to auto or utf-8" in run.failures[0]


def test_a_cut_parquet_file_is_refused(folder: Path, run_tap: RunTap) -> None:
    path = folder / "log.parquet"
    pq.write_table(pa.table({"customer_id": [1], "date": ["x"], "amount": [1]}), path)
    path.write_bytes(path.read_bytes()[:-20])

    run = run_tap()

    assert "log.parquet: this is not a whole Parquet file" in run.failures[0]
    assert run.records("files") == []


def test_a_cut_jsonl_file_is_refused(read_text: RunTap) -> None:
    whole = '{"customer_id": "1", "date": "2024-01-05", "amount": 10}\n'

    run = read_text(whole + whole[:20], name="log.jsonl")

    assert "log.jsonl line 2: the last line is not JSON" in run.failures[0]
    assert run.records("files") == []


def test_a_path_that_matches_nothing_is_an_error(folder: Path, run_tap: RunTap) -> None:
    run = run_tap(paths=[str(folder / "*.csv")])

    assert "no file matches this path" in run.failures[0]
    assert "setting paths" in run.failures[0]


def test_a_file_that_the_system_keeps_is_told_by_the_preview_too(
    folder: Path, run_tap: RunTap, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "log.csv").write_text(GOOD)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    told = [
        "log.csv: the file cannot be read: permission denied. Check that it exists "
        "and may be read."
    ]
    assert run_tap().failures == told
    assert preview(Settings.from_config({"paths": [str(folder)]}))["failures"] == told


def test_an_unknown_ending_is_an_error(folder: Path, run_tap: RunTap) -> None:
    (folder / "log.pdf").write_text(GOOD)

    run = run_tap(paths=[str(folder / "log.pdf")])

    assert "'.pdf' is not a known ending" in run.failures[0]


def test_two_files_of_one_name_are_not_taken_for_two_versions(
    folder: Path, run_tap: RunTap
) -> None:
    for year, amount in (("2023", "1"), ("2024", "2")):
        (folder / year).mkdir()
        text = f"customer_id,date,amount\n1,{year}-01-05,{amount}\n"
        (folder / year / "log.csv").write_text(text)

    clash = run_tap(paths=[str(folder / y / "log.csv") for y in ("2023", "2024")])
    apart = run_tap()

    assert "two files have this name" in clash.failures[0]
    assert [f["file_name"] for f in apart.records("files")] == [
        "2023/log.csv",
        "2024/log.csv",
    ]


def test_a_bad_file_does_not_keep_the_others_from_loading(
    folder: Path, run_tap: RunTap
) -> None:
    (folder / "a_bad.csv").write_text("")
    (folder / "b_good.csv").write_text(GOOD)

    run = run_tap()

    assert [message.split(":")[0] for message in run.failures] == ["a_bad.csv"]
    assert len(run.purchases) == 2
    assert list(run.state["bookmarks"]["files"]["versions"]) == ["b_good.csv"]


def test_a_header_without_rows_is_an_empty_export(read_text: RunTap) -> None:
    run = read_text("customer_id,date,amount\n")

    assert run.failures == []
    assert (run.file["row_count"], run.file["control_total"]) == (0, 0)
    assert run.file["notes"] == ["the file has a header and no rows"]


def test_a_good_file_may_end_without_a_line_break(read_text: RunTap) -> None:
    text = "customer_id,date,amount\n1,2024-01-05,100\n2,2024-01-06,20\n3,2024-01-07,5"

    run = read_text(text)

    assert [row["amount"] for row in run.purchases] == [100, 20, 5]
