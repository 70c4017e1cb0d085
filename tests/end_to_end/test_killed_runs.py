"""A run killed at any moment, then run again, ends like one never disturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

from tests.end_to_end.conftest import (
    FIRST,
    SOMEBODY_BUILDS,
    Predicted,
    Timonel,
    final_tables,
)


def test_a_first_run_killed_while_dbt_builds_holds_up_nobody(
    predicted: Predicted,
    new_timonel: Timonel,
    export: Path,
    killers: list[subprocess.Popen[str]],
) -> None:
    new_timonel.run("company", "add", "killed")
    new_timonel.run("connect", "files", str(export), "--company", "killed")

    run = new_timonel.start("run", "--company", "killed", "--as-of", FIRST)
    killers.append(run)
    while not new_timonel.rows(SOMEBODY_BUILDS):
        assert run.poll() is None, "it ended before dbt began"
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()

    # Whatever a dead session still held would hold up this one, as anybody's.
    new_timonel.run("run", "--company", "killed", "--as-of", FIRST)

    tables = final_tables(new_timonel, "killed")
    assert tables == final_tables(predicted.origin, "calm")
    assert len(tables["marts.orders"]) > 0


def test_a_killed_run_ends_like_an_undisturbed_one(
    predicted: Predicted,
    predicted_timonel: Timonel,
    export: Path,
    killers: list[subprocess.Popen[str]],
) -> None:
    timonel = predicted_timonel
    timonel.run("company", "add", "killed")
    timonel.run("connect", "files", str(export), "--company", "killed")

    chance = random.Random(20261121)
    for _ in range(6):
        run = timonel.start("run", "--company", "killed", "--as-of", FIRST)
        killers.append(run)
        try:
            run.wait(timeout=chance.uniform(0.05, 0.95) * predicted.run_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
    timonel.run("run", "--company", "killed", "--as-of", FIRST)

    assert final_tables(timonel, "killed") == final_tables(timonel, "calm")
