"""What a killed command left behind goes with the next one; what is in use stays."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.lib.core.temporary_folders import (
    forget_abandoned,
    own_temporary_folder,
)

# A command with a file of somebody's rows, and a child of its own that waits with it.
_WORKS = """
import pathlib, subprocess, sys, tempfile
from orchestration.lib.core.temporary_folders import own_temporary_folder
with own_temporary_folder():
    pathlib.Path(tempfile.gettempdir(), "rows.csv").write_text("ana@example.com")
    waits = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(waits, stdin=sys.stdin):
        print(tempfile.gettempdir(), flush=True)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's folder of temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@contextmanager
def working() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    with subprocess.Popen(
        [sys.executable, "-c", _WORKS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout is not None
        yield command, Path(command.stdout.readline().strip())
        # The child reads to the end of what it and the command were given.
        command.communicate()


def _start_another() -> None:
    with own_temporary_folder():
        pass


def test_a_command_leaves_nothing_and_the_place_as_it_was(place: Path) -> None:
    with own_temporary_folder():
        with tempfile.NamedTemporaryFile(delete=False) as kept:
            kept.write(b"rows")
        folder = Path(kept.name).parent
        assert folder == Path(os.environ["TMPDIR"])
        assert folder.parent == place
        assert folder.stat().st_mode & 0o777 == 0o700

    assert list(place.iterdir()) == []
    assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(place)


def test_on_a_full_disk_a_command_goes_on(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with own_temporary_folder():
        assert tempfile.gettempdir() == str(place)


def test_what_a_living_command_writes_is_left_alone() -> None:
    with working() as (_, folder):
        _start_another()
        assert (folder / "rows.csv").exists()

    assert not folder.exists()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a child is seen in /proc")
def test_of_a_killed_one_nothing_is_left_once_its_children_are_gone() -> None:
    with working() as (command, folder):
        command.kill()
        command.wait()
        _start_another()
        # The child would lose what it works with.
        assert (folder / "rows.csv").exists()

    CliRunner().invoke(app, ["metrics", "--help"])
    _start_another()
    assert not folder.exists()


def test_what_belongs_to_nobody_of_ours_stays(place: Path) -> None:
    (place / "else").mkdir()
    (place / "timonel-link").symlink_to(place / "else")
    (place / "else" / "kept").touch()
    # As people call a data home, a backup or a clone.
    for name in ("timonel-home", "timonel-tmp-backup"):
        (place / name).mkdir()
        (place / name / "kept").touch()

    _start_another()
    forget_abandoned(iter([place / "gone", place / "timonel-link"]))

    assert (place / "else" / "kept").exists()
    assert (place / "timonel-link").is_symlink()
    assert (place / "timonel-home" / "kept").exists()
    assert (place / "timonel-tmp-backup" / "kept").exists()
