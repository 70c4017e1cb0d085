"""A run killed at any moment, then run again, ends like one never disturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.conftest import (
    FIRST,
    SOMEBODY_BUILDS,
    Predicted,
    Row,
    Timonel,
    final_tables,
    purchase_log,
)

LogFile = Callable[[str, list[Row]], Path]


def test_a_run_killed_while_dbt_builds_holds_up_nobody(
    new_timonel: Timonel,
    log_file: LogFile,
    killers: list[subprocess.Popen[str]],
) -> None:
    orders = log_file("orders.csv", purchase_log(customers=400, seed=13))
    for company in ("other", "killed"):
        new_timonel.run("company", "add", company)
        new_timonel.run("connect", "files", str(orders), "--company", company)

    run = new_timonel.start("run", "--company", "killed", "--as-of", "2024-12-30")
    killers.append(run)
    while not new_timonel.rows(SOMEBODY_BUILDS):
        assert run.poll() is None, "it ended before dbt began"
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()

    new_timonel.run("run", "--company", "other", "--as-of", "2024-12-30")
    new_timonel.run("run", "--company", "killed", "--as-of", "2024-12-30")

    tables = final_tables(new_timonel, "killed")
    assert tables == final_tables(new_timonel, "other")
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
