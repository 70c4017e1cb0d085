"""`timonel metabase` hands its words to the process that knows Metabase."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import Company, add_company


@pytest.fixture
def spoken(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, list[str]]]:
    """What the process was told; it always answers that there is something to do."""
    said: list[tuple[str, list[str]]] = []

    def speak(url: str, _settings: Settings, arguments: list[str]) -> int:
        said.append((url, arguments))
        return 2

    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)
    monkeypatch.setattr("orchestration.cli.metabase.speak_to_metabase", speak)
    add_company(database_url, Company("acme", "Acme", "EUR", "UTC"))
    return said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("plan --all", "plan --all"),
        ("apply --force --company acme", "apply --force --company acme"),
        ("apply --renew-passwords", "apply --renew-passwords"),
        ("verify-live http://bi", "verify-live http://bi"),
        ("export out --company acme", "export out --company acme"),
        (
            "embed --company acme --dashboard clientes --minutes 5",
            "embed --dashboard clientes --minutes 5 --company acme",
        ),
        (
            "settings --company acme --daily a@b.com --monthly none",
            "settings --daily a@b.com --monthly none --company acme",
        ),
    ],
)
def test_words_and_the_exit_code_pass_through(
    spoken: list[tuple[str, list[str]]], database_url: str, words: str, expected: str
) -> None:
    done = CliRunner().invoke(app, ["metabase", *words.split()])

    assert spoken == [(database_url, expected.split())]
    assert done.exit_code == 2


def test_a_company_that_does_not_exist_is_named_first(
    spoken: list[tuple[str, list[str]]],
) -> None:
    done = CliRunner().invoke(app, ["metabase", "apply", "--company", "nobody"])

    assert done.exit_code == 1
    assert spoken == []
