"""What a command loads before it does anything, and how it ends where it cannot."""

from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest
import typer

from metabase.cli.terminal import plain_errors

_LOADED = (
    "import sys, metabase.cli; "
    "print({'altair', 'vl_convert', 'typst'} & set(sys.modules))"
)


def test_who_checks_or_applies_does_not_wait_for_what_draws() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True
    )

    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("query", "lacking"),
    [
        ("select no_such from pg_class", 'column "no_such" does not exist'),
        (
            "select * from reporting.no_such",
            'relation "reporting.no_such" does not exist',
        ),
        ("select no_such()", "function no_such() does not exist"),
    ],
)
def test_views_of_another_version_are_told_without_a_traceback(
    shops_url: str, query: str, lacking: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        psycopg.connect(shops_url) as connection,
        pytest.raises(typer.Exit),
        plain_errors(),
    ):
        connection.execute(query.encode())

    assert f"({lacking}" in capsys.readouterr().err
