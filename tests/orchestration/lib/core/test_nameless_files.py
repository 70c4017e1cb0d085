"""Settings reach a child without a file that anybody could find, then or later."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from orchestration.lib.core.nameless_files import nameless_file

_READ_TWICE = """
import json, pathlib, sys
file = pathlib.Path(sys.argv[1])
assert file.is_file()
assert json.loads(file.read_text()) == json.loads(file.read_text())
print(json.loads(file.read_text())["password"])
"""


def test_a_child_reads_it_and_its_folder_stays_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with nameless_file({"password": "hush"}) as file:
        done = subprocess.run(
            [sys.executable, "-c", _READ_TWICE, file.path],
            pass_fds=[file.descriptor],
            capture_output=True,
            text=True,
            check=False,
        )
        found = list(tmp_path.iterdir())

    assert done.stdout.strip() == "hush", done.stderr
    assert found == []


def test_who_was_not_given_it_cannot_open_it() -> None:
    with nameless_file({"password": "hush"}) as file:
        done = subprocess.run(
            [sys.executable, "-c", _READ_TWICE, file.path],
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode != 0
    assert "hush" not in done.stdout
