"""Where tests store what need not last: in memory, and gone afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suite import memory_folder as module
from tests.suite.memory_folder import memory_folder


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROOM_NEEDED", 0)


def test_two_sessions_share_no_folder_and_leave_none(tmp_path: Path) -> None:
    with memory_folder(tmp_path / "disk", tmp_path) as one:
        with memory_folder(tmp_path / "disk", tmp_path) as other:
            (other / "file").touch()
            assert one != other
        assert one.is_dir()

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_session_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "timonel-tests-killed"
    left.mkdir()
    (left / "in-use").touch()
    (left / "data").write_text("of nobody")

    with memory_folder(tmp_path / "disk", tmp_path):
        assert not left.exists()


def test_without_room_the_disk_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ROOM_NEEDED", 2**62)

    with memory_folder(tmp_path / "disk", tmp_path) as folder:
        assert folder == tmp_path / "disk"

    with memory_folder(tmp_path / "disk", tmp_path / "missing") as folder:
        assert folder == tmp_path / "disk"
