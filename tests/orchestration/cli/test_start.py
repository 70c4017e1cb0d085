"""A command that needs no Dagster does not wait for it."""

from __future__ import annotations

import subprocess
import sys

_HEAVY = {"dagster", "dagster_dbt", "dbt", "pandas", "scipy", "authlib"}


def test_naming_the_commands_loads_nothing_heavy() -> None:
    loaded = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys, orchestration.cli; print(*sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "orchestration.cli.demonstration.demo" in loaded
    assert _HEAVY & set(loaded) == set()
