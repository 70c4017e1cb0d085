"""Hundreds of exports that chance has damaged: right money, set aside, or refused."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests.taps.tap_files.conftest import run_once
from tests.taps.tap_files.damaged.exports import EXPORTS, KINDS, Damaged, damaged

SEEDS = 3


def file_name(kind: str, seed: int) -> str:
    return f"{kind.replace(' ', '_')}_{seed}.csv"


def test_there_are_more_than_two_hundred() -> None:
    assert len(EXPORTS) * len(KINDS) * SEEDS >= 200


@pytest.mark.parametrize("name", EXPORTS)
def test_no_damage_makes_another_total_in_silence(name: str, folder: Path) -> None:
    export = EXPORTS[name]
    made = {
        file_name(kind, seed): damaged(export, kind, seed)
        for kind in KINDS
        for seed in range(SEEDS)
    }
    # The same bytes under another name are not loaded twice.
    files = {f.content: (path, f) for path, f in made.items()}.values()
    for path, file in files:
        (folder / path).write_bytes(file.content)

    run = run_once(
        {
            "paths": [str(folder)],
            "currency_code": "CLP" if export.is_whole else "EUR",
            "time_zone": "Europe/Madrid",
        }
    )

    read = {row["file_name"]: row["rejected_row_count"] for row in run.records("files")}
    wrong = {}
    for path, file in files:
        if path not in read:
            if not any(path in sentence for sentence in run.failures):
                wrong[path] = "neither read nor refused"
        elif found := difference(run.purchases, path, file, read[path]):
            wrong[path] = found
    assert wrong == {}


def difference(
    purchases: list[dict[str, object]], path: str, file: Damaged, aside: int
) -> str:
    """What is wrong with what was read of a file; "" where nothing is."""
    rows = [row for row in purchases if row["file_name"] == path]
    loaded = Counter(
        (str(row["purchase_id"]), Decimal(str(row["amount"]))) for row in rows
    )
    lost = file.whole - loaded
    more = Counter[Decimal]()
    for (_, money), count in (loaded - file.whole).items():
        more[money] += count
    if more - file.may:
        return f"made: {dict(more - file.may)}"
    if lost.total() and lost.total() + more.total() > aside:
        return f"lost: {dict(lost)}, set aside: {aside}"
    if loaded.total() + aside < file.count:
        return f"{loaded.total()} loaded and {aside} set aside of {file.count}"
    return ""
