"""Metabase's own validator accepts what pages are compiled to."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from metabase.content.compile import compile_pages, write_documents
from metabase.content.load import CONTENT_ROOT


@pytest.fixture(scope="session")
def validator(npm_programs: Path) -> Path:
    return npm_programs / "representations"


def _validate(validator: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(validator), "validate-schema", "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_compiled_pages_follow_metabases_schema(
    validator: Path, tmp_path: Path
) -> None:
    written = write_documents(compile_pages(CONTENT_ROOT), tmp_path)

    done = _validate(validator, tmp_path)

    assert f"{len(written)} passed, 0 failed" in done.stdout, done.stderr


def test_the_validator_does_refuse_a_broken_file(
    validator: Path, tmp_path: Path
) -> None:
    write_documents(compile_pages(CONTENT_ROOT), tmp_path)
    (card,) = tmp_path.rglob("top_customers.yaml")
    card.write_text(card.read_text().replace("display: table", "display: treemap"))

    assert _validate(validator, tmp_path).returncode == 1


def test_the_lock_file_pins_the_validator_and_names_no_registry() -> None:
    text = (CONTENT_ROOT / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]

    pinned = packages["node_modules/@metabase/representations"]

    assert pinned["version"] == "1.2.0"
    assert pinned["integrity"].startswith("sha512-")
    assert "resolved" not in text
