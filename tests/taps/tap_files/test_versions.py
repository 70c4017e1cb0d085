"""A file is never loaded twice, and a corrected file corrects."""

from __future__ import annotations

import os
import signal
from datetime import datetime
from pathlib import Path

import pytest

from taps.tap_files import streams
from taps.tap_files.contract import load_contracts
from taps.tap_files.inspection import Inspection, inspect_file
from taps.tap_files.locations import SourceFile
from taps.tap_files.settings import Settings
from taps.tap_files.tap import TapFiles
from tests.taps.tap_files.conftest import Run, RunTap

FIRST = "customer_id,date,amount\n1,2024-01-05,10.00\n"
CORRECTED = "customer_id,date,amount\n1,2024-01-05,11.00\n"
STREAMS = {
    "files",
    "quarantined_records",
    *(contract.stream for contract in load_contracts().values()),
}


def schemas(run: Run) -> set[str]:
    return {m["stream"] for m in run.messages if m["type"] == "SCHEMA"}


def test_an_unchanged_file_is_not_read_again(
    folder: Path, read_text: RunTap, run_tap: RunTap
) -> None:
    state = read_text(FIRST).state
    os.utime(folder / "log.csv", (2e9, 2e9))

    again = run_tap(state)

    assert again.records("files") == again.purchases == []
    assert again.state == state


def test_every_stream_is_announced_even_when_nothing_is_new(
    read_text: RunTap, run_tap: RunTap
) -> None:
    state = read_text(FIRST).state

    assert schemas(run_tap(state)) == STREAMS


def test_the_row_that_makes_a_file_visible_comes_after_its_rows(
    read_text: RunTap,
) -> None:
    run = read_text(FIRST + "1,soon,1.00\n")

    kinds = [m.get("stream", m["type"]) for m in run.messages if m["type"] != "SCHEMA"]
    assert kinds[:4] == ["purchases", "quarantined_records", "files", "STATE"]


def test_a_corrected_file_is_a_new_version_of_the_same_name(
    folder: Path, read_text: RunTap
) -> None:
    first = read_text(FIRST)

    second = read_text(CORRECTED, state=first.state)

    assert second.file["file_name"] == first.file["file_name"] == "log.csv"
    assert second.file["file_sha256"] != first.file["file_sha256"]
    assert second.purchases[0]["file_sha256"] == second.file["file_sha256"]


def test_a_correction_counts_later_even_with_an_older_date(
    folder: Path, read_text: RunTap, run_tap: RunTap
) -> None:
    first = read_text(FIRST)
    (folder / "log.csv").write_text(CORRECTED)
    os.utime(folder / "log.csv", (1e9, 1e9))

    second = run_tap(first.state)

    gap = datetime.fromisoformat(second.file["exported_at"]) - datetime.fromisoformat(
        first.file["exported_at"]
    )
    assert gap.total_seconds() == 1e-6


def test_other_settings_make_another_version_and_then_rest(
    read_text: RunTap, run_tap: RunTap
) -> None:
    log = "customer_id,date,amount,other\n1,2024-01-05,10.00,x\n2,2024-01-06,1.00,2\n"
    first = read_text(log)

    second = run_tap(first.state, columns={"amount": "other"})
    third = run_tap(second.state, columns={"amount": "other"})

    assert (len(first.purchases), len(second.purchases)) == (2, 1)
    # Else the row that is now in quarantine would still be among the loaded ones.
    assert second.file["file_sha256"] != first.file["file_sha256"]
    assert second.purchases[0]["file_sha256"] == second.file["file_sha256"]
    assert third.records("files") == []


def test_a_correction_taken_back_is_loaded_again(read_text: RunTap) -> None:
    first = read_text(FIRST)
    second = read_text(CORRECTED, state=first.state)

    third = read_text(FIRST, state=second.state)

    assert third.file["file_sha256"] == first.file["file_sha256"]
    assert third.file["exported_at"] > second.file["exported_at"]


def test_the_same_content_under_another_name_is_not_loaded_again(
    read_text: RunTap, run_tap: RunTap
) -> None:
    first = read_text(FIRST)

    copy = read_text(FIRST, name="log (1).csv", state=first.state)

    assert copy.records("files") == []
    versions = copy.state["bookmarks"]["files"]["versions"]
    assert versions["log (1).csv"]["same_as"] == "log.csv"


def test_a_copy_stays_unread_when_the_original_is_corrected(
    read_text: RunTap, run_tap: RunTap
) -> None:
    copied = read_text(FIRST, name="log (1).csv", state=read_text(FIRST).state)

    corrected = read_text(CORRECTED, state=copied.state)

    assert [f["file_name"] for f in corrected.records("files")] == ["log.csv"]


def test_other_settings_read_the_file_again(read_text: RunTap, run_tap: RunTap) -> None:
    first = read_text(FIRST)

    again = run_tap(first.state, time_zone="America/Santiago")

    assert again.file["exported_at"] > first.file["exported_at"]
    assert again.purchases[0]["purchased_at"] == "2024-01-05T03:00:00+00:00"


def test_a_refused_file_is_tried_again(
    folder: Path, read_text: RunTap, run_tap: RunTap
) -> None:
    refused = read_text("")
    assert refused.failures

    (folder / "log.csv").write_text(FIRST)

    assert len(run_tap(refused.state).purchases) == 1


def test_a_file_that_changes_while_it_is_read_stays_invisible(
    folder: Path, read_text: RunTap, monkeypatch: pytest.MonkeyPatch
) -> None:
    def inspect_then_grow(source: SourceFile, settings: Settings) -> Inspection:
        inspection = inspect_file(source, settings)
        with source.path.open("a") as stream:
            stream.write("2,2024-01-06,1.00\n")
        return inspection

    monkeypatch.setattr(streams, "inspect_file", inspect_then_grow)

    run = read_text(FIRST)

    assert "the file was changed while it was read" in run.failures[0]
    assert run.records("files") == []


def test_a_stopped_run_does_not_pass_for_a_finished_one() -> None:
    tap = TapFiles(config={"paths": []})

    with pytest.raises(SystemExit) as stopped:
        tap._handle_termination(signal.SIGTERM, None)

    assert stopped.value.code == 128 + signal.SIGTERM
