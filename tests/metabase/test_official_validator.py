"""Metabase's own validator accepts the committed files."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from metabase.metabase_as_code.load import CONTENT_ROOT

_OFFLINE = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN")


@pytest.fixture(scope="session")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The validator's program, from `npm ci` with the committed lock file."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    program = Path("node_modules/.bin/representations")
    if (CONTENT_ROOT / program).exists():
        return CONTENT_ROOT / program
    home = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CONTENT_ROOT / name, home)
    try:
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=home,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("npm's package registry does not answer")
    if any(sign in done.stderr for sign in _OFFLINE):
        pytest.skip("npm cannot reach a package registry")
    assert done.returncode == 0, done.stderr
    return home / program


def _validate(validator: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(validator), "validate-schema", "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_committed_files_follow_metabases_schema(validator: Path) -> None:
    done = _validate(validator, CONTENT_ROOT)

    count = len(list((CONTENT_ROOT / "collections").rglob("*.yaml")))
    assert f"{count} passed, 0 failed" in done.stdout, done.stderr


def test_the_validator_does_refuse_a_broken_file(
    validator: Path, tmp_path: Path
) -> None:
    shutil.copytree(CONTENT_ROOT / "collections", tmp_path / "collections")
    card = next((tmp_path / "collections").rglob("top_customers.yaml"))
    card.write_text(card.read_text().replace("display: table", "display: treemap"))

    assert _validate(validator, tmp_path).returncode == 1


def test_the_lock_file_pins_the_validator_and_names_no_registry() -> None:
    text = (CONTENT_ROOT / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]

    pinned = packages["node_modules/@metabase/representations"]

    assert pinned["version"] == "1.2.0"
    assert pinned["integrity"].startswith("sha512-")
    assert "resolved" not in text
