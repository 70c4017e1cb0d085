"""Damaged files are read to the right money, set aside by the row, or refused.

Every file is made from a whole one by one damage (`damaged/`), which also says what is
truly in it. Nothing is checked against what the tap once answered.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from taps.tap_files.preview import preview
from taps.tap_files.settings import Settings
from tests.suite.each import check_each
from tests.taps.tap_files.conftest import Run, RunTap, run_once
from tests.taps.tap_files.damaged.cells import cell_damages
from tests.taps.tap_files.damaged.raw import ENCODINGS, foreign, raw_damages
from tests.taps.tap_files.damaged.shapes import (
    CURRENCY,
    SHAPES,
    ZONE,
    Shape,
    Told,
    whole,
)
from tests.taps.tap_files.damaged.tables import table_damages

FEWEST = 1_000
ENDINGS = ("csv", "tsv", "jsonl", "parquet", "xlsx", "xls", "ods")
HARMLESS = {
    *ENCODINGS, "line ends of Windows", "mixed line ends", "empty lines between",
    "without its last break", "its own code", "thousands", "a name with quotes",
    "a note of lines", "a note in quotes", "a note like a formula",
    "a note of many commas", "empty fields after every row", "a header in the middle",
    "two headers", "whole",
}  # fmt: skip
INTERNAL = re.compile(r"Traceback|\w(?:Error|Exception)\b|\bNone\b|<class|\bdict\b|0x0")
"""What no sentence for people says."""


@dataclass(frozen=True)
class Case:
    """A damaged file: what may be loaded of it, and how many rows it has at all."""

    shape: str
    damage: str
    content: bytes
    true: tuple[Told, ...]
    row_count: int

    @property
    def file_name(self) -> str:
        return re.sub(r"\W+", "_", self.damage) + "." + SHAPES[self.shape].ending


def damaged() -> Iterator[Case]:
    for name, shape in SHAPES.items():
        file = whole(shape)
        files = [
            ("whole", file),
            *cell_damages(shape, file),
            *table_damages(shape, file),
        ]
        for damage, one in files:
            count = len(one.true) + one.lost
            yield Case(name, damage, one.written(shape), tuple(one.true), count)
        for damage, content, count in raw_damages(shape, file):
            yield Case(name, damage, content, tuple(file.true), count)


@cache
def cases() -> dict[str, Case]:
    """Every damaged file, by its shape and its damage."""
    return {f"{case.shape}: {case.damage}": case for case in damaged()}


@dataclass(frozen=True)
class Read:
    """What the tap and the preview made of the files of one shape, by file."""

    run: Run
    rows: Mapping[str, list[Told]]
    files: Mapping[str, Mapping[str, Any]]
    previews: Mapping[str, Mapping[str, Any]]
    refused: Mapping[str, str]
    refused_by_preview: Mapping[str, str]


def read_all(folder: Path, shape: Shape) -> Read:
    """Read the files of a folder, of which the rows go to the stream of a shape."""
    config = {"paths": [str(folder)], "time_zone": ZONE, "currency_code": CURRENCY}
    answer, run = preview(Settings.from_config(config)), run_once(config)
    rows = defaultdict(list)
    for row in run.records(shape.stream):
        if row.get("is_order_row") is not False:
            rows[row["file_name"]].append(shape.told(row))
    return Read(
        run,
        rows,
        {file["file_name"]: file for file in run.records("files")},
        {file["name"]: file for file in answer["files"]},
        {re.split("[: ]", sentence)[0]: sentence for sentence in run.failures},
        {re.split("[: ]", sentence)[0]: sentence for sentence in answer["failures"]},
    )


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Read]:
    """Every file read once by the tap and once by the preview, shape by shape."""
    folders = {shape: tmp_path_factory.mktemp(shape) for shape in SHAPES}
    for case in cases().values():
        (folders[case.shape] / case.file_name).write_bytes(case.content)
    return {shape: read_all(folder, SHAPES[shape]) for shape, folder in folders.items()}


def test_there_are_a_thousand_and_no_two_are_the_same() -> None:
    contents = Counter((case.shape, case.content) for case in cases().values())

    assert len(contents) == len(cases()) >= FEWEST


@pytest.mark.parametrize("shape", SHAPES)
def test_no_money_is_lost_or_made_in_silence(
    shape: str, read: Mapping[str, Read]
) -> None:
    ours = {name: case for name, case in cases().items() if case.shape == shape}
    check_each(ours, lambda case: _loses_and_makes_no_money(case, read[shape]))


def _loses_and_makes_no_money(case: Case, done: Read) -> None:
    if sentence := done.refused.get(case.file_name):
        assert_is_a_sentence(sentence, case.file_name)
        assert case.file_name not in done.files
        assert case.damage not in HARMLESS
        return
    file = done.files[case.file_name]
    aside = file["rejected_row_count"]
    loaded = Counter(done.rows[case.file_name])

    assert loaded - Counter(case.true) == Counter()
    assert loaded.total() + aside >= case.row_count
    assert file["loaded_total"] == sum((t.money for t in loaded.elements()), Decimal(0))
    if case.damage in HARMLESS:
        assert (loaded, aside) == (Counter(case.true), 0)
    if len(set(case.true)) < len(case.true):
        told = "1 rows are equal to an earlier row; kept, they carry no id"
        assert told in file["notes"]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_preview_says_what_the_load_does(
    shape: str, read: Mapping[str, Read]
) -> None:
    done = read[shape]

    assert done.refused_by_preview == done.refused
    assert {
        name: (shown["rejected"], sum(map(Decimal, shown["money"].values())))
        for name, shown in done.previews.items()
    } == {
        name: (file["rejected_row_count"], file["loaded_total"])
        for name, file in done.files.items()
    }
    for row in done.run.records("quarantined_records"):
        assert not INTERNAL.search(row["reason"])


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_no_table_is_refused_whatever_its_name(
    ending: str, folder: Path
) -> None:
    for name, content in foreign().items():
        (folder / f"{name.replace(' ', '_')}.{ending}").write_bytes(content)

    done = read_all(folder, SHAPES["orders"])

    assert done.files == {}
    assert done.refused_by_preview == done.refused
    assert done.refused.keys() == {path.name for path in folder.iterdir()}
    for name, sentence in done.refused.items():
        assert_is_a_sentence(sentence, name)


def assert_is_a_sentence(sentence: str, name: str) -> None:
    """It names the file, says what is wrong and then what to do, in one line."""
    assert re.match(rf"{re.escape(name)}(?: line \d+)?: \S", sentence)
    assert re.search(r"\. [A-Z].*\.$", sentence)
    assert len(sentence.splitlines()) == 1
    assert not INTERNAL.search(sentence)


@pytest.mark.parametrize(
    ("header", "block"),
    [
        (
            "Fecha;Cliente;Importe\n",
            "15/01/2026;a;10,00\n16/01/2026;b;20,00\n17/01/2026;c;5,50\n",
        ),
        (
            "Día;Campaña;Coste;Código de moneda\n",
            "2026-01-15;Marca;10,00;EUR\n2026-01-15;Tienda;20,00;EUR\n",
        ),
    ],
    ids=["sales", "spend"],
)
def test_rows_without_ids_that_all_stand_twice_are_asked_about(
    header: str, block: str, read_text: RunTap
) -> None:
    once = read_text(header + block, currency_code="EUR", name="once.csv")
    # A row more is no copy of the block.
    more = block.splitlines()[0]
    not_all = read_text(header + block + more, currency_code="EUR", name="more.csv")
    twice = read_text(header + block + block, currency_code="EUR", name="twice.csv")

    count = block.count("\n")
    assert (once.failures, not_all.failures) == ([], [])
    (failure,) = twice.failures
    assert f"line {count + 2}: the {count} rows from this line on are those" in failure


def test_a_last_row_with_another_delimiter_is_no_sentence(read_text: RunTap) -> None:
    rows = "Fecha;Pedido;Cliente;Estado;Importe\n15/01/2026;1;a;Pagado;10,00\n"
    below = read_text(
        f"{rows}16/01/2026;2;b;Pagado;20,00\nListado de ventas, tienda de Ana\n",
        currency_code="EUR",
        name="below.csv",
    )
    run = read_text(f"{rows}16/01/2026|2|b|Pagado enviado|20,00\n", currency_code="EUR")

    assert (below.failures, below.rejects) == ([], {})
    (failure,) = run.failures
    assert "log.csv line 3: the file looks cut in half" in failure


def test_a_piece_of_a_date_is_no_date_of_another_century(read_text: RunTap) -> None:
    run = read_text(
        "Fecha;Pedido;Cliente;Importe\n2026-01-15;1;a;10,00\n2026-01-16;2;b;20,00\n"
        "26-01-17;3;c;30,00\n2026-01-18;4;d;40,00\n",
        currency_code="EUR",
    )

    assert run.rejects == {"log.csv line 4": "purchased_at: the date cannot be read"}
    assert [row["amount"] for row in run.purchases] == [10, 20, 40]


def test_a_file_saved_for_macintosh_is_asked_about_and_read(read_text: RunTap) -> None:
    text = (
        "Nombre de la campaña,Día,Importe gastado (EUR),Inicio del informe,"
        "Fin del informe\nVerano,2026-01-01,10.50,2026-01-01,2026-01-02\n"
        "Verano,2026-01-02,5.25,2026-01-01,2026-01-02\n"
    ).encode("mac_roman")

    asked = read_text(text, currency_code="EUR")
    told = read_text(text, currency_code="EUR", encoding="mac_roman")

    assert "set encoding=mac_roman" in asked.failures[0]
    assert [row["spend_date"] for row in told.records("ad_spend")] == [
        "2026-01-01",
        "2026-01-02",
    ]
