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
from pathlib import Path
from typing import Any

import pytest

from taps.tap_files.preview import preview
from taps.tap_files.settings import Settings
from tests.taps.tap_files.conftest import Run, run_once
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


CASES = {f"{case.shape}: {case.damage}": case for case in damaged()}


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
    for case in CASES.values():
        (folders[case.shape] / case.file_name).write_bytes(case.content)
    return {shape: read_all(folder, SHAPES[shape]) for shape, folder in folders.items()}


def test_there_are_a_thousand_and_no_two_are_the_same() -> None:
    contents = Counter((case.shape, case.content) for case in CASES.values())

    assert len(contents) == len(CASES) >= FEWEST


@pytest.mark.parametrize("name", CASES)
def test_no_money_is_lost_or_made_in_silence(
    name: str, read: Mapping[str, Read]
) -> None:
    case = CASES[name]
    done = read[case.shape]
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
