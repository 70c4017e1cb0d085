"""The workflow and the commit hooks call what exists, and catch what they should."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.compose_file import ROOT

_VERB = re.compile(r"^([a-z-]+):.*## ", re.MULTILINE)


def _workflow() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(
        (ROOT / ".github/workflows/ci.yml").read_text()
    )
    return content


def _hooks() -> dict[str, dict[str, Any]]:
    content = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    (repository,) = content["repos"]
    assert repository["repo"] == "local", "a hook from elsewhere needs the network"
    return {hook["id"]: hook for hook in repository["hooks"]}


def test_the_workflow_calls_verbs_of_the_makefile() -> None:
    verbs = set(_VERB.findall((ROOT / "Makefile").read_text()))
    called = _workflow()["jobs"]["check"]["strategy"]["matrix"]["verb"]

    assert set(called) == {"lint", "types", "test"}
    assert set(called) <= verbs


def test_the_workflow_may_only_read() -> None:
    assert _workflow()["permissions"] == {"contents": "read"}
    assert "secrets." not in (ROOT / ".github/workflows/ci.yml").read_text()


def test_actions_of_the_workflow_are_pinned() -> None:
    steps = _workflow()["jobs"]["check"]["steps"]
    used = [step["uses"] for step in steps if "uses" in step]

    assert used
    for action in used:
        assert re.search(r"@(v\d+|[0-9a-f]{40})$", action), action


def test_pre_commit_accepts_its_file() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("pre-commit")), "validate-config"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("hook", sorted(_hooks()))
def test_every_hook_runs_a_program_of_the_environment(hook: str) -> None:
    settings = _hooks()[hook]
    if settings["language"] == "pygrep":
        re.compile(settings["entry"])
        return
    program = Path(settings["entry"].split()[0])

    assert program.parts[:2] == (".venv", "bin")
    assert Path(sys.executable).with_name(program.name).exists()


@pytest.mark.parametrize(
    ("hook", "secret"),
    [
        ("no-private-keys", "-----BEGIN RSA PRIVATE" + " KEY-----"),
        ("no-private-keys", "-----BEGIN PRIVATE" + " KEY-----"),
        ("no-tokens", "shpat_" + "0a" * 16),
        ("no-tokens", "AKIA" + "A" * 16),
        ("no-tokens", "xoxb-" + "1" * 24),
        ("no-passwords-in-addresses", "postgresql://timonel:" + "s3cret" * 4 + "@db/x"),
    ],
)
def test_a_secret_is_found(hook: str, secret: str) -> None:
    assert re.search(_hooks()[hook]["entry"], f"value = '{secret}'")


@pytest.mark.parametrize(
    "harmless",
    [
        "postgresql://timonel:${TIMONEL_DATABASE_PASSWORD}@postgres:5432/timonel",
        "postgresql://USER:PASSWORD@HOST/timonel",
        "postgresql://127.0.0.1:5432/timonel",
    ],
)
def test_an_address_without_a_password_is_no_secret(harmless: str) -> None:
    assert not re.search(_hooks()["no-passwords-in-addresses"]["entry"], harmless)
