"""One Ctrl-C, or one SIGTERM, ends a run of many companies at once and in words."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SOMEBODY_BUILDS, Row, Timonel, purchase_log

_RUNS = "select company_id, status from ops.runs order by started_at"


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_ends_at_once_and_alarms_nobody(
    asked: signal.Signals,
    timonel: Timonel,
    log_file: Callable[[str, list[Row]], Path],
    killers: list[subprocess.Popen[str]],
) -> None:
    orders = log_file("orders.csv", purchase_log(customers=60, seed=17))
    for company in ("first", "second"):
        timonel.run("company", "add", company)
        timonel.run("connect", "files", str(orders), "--company", company)

    run = timonel.start("run", "--as-of", "2024-12-30")
    killers.append(run)
    while not timonel.rows(SOMEBODY_BUILDS):
        assert run.poll() is None, "it ended before dbt began"
        time.sleep(0.05)
    if asked is signal.SIGINT:
        # A terminal tells every program that runs in it.
        os.killpg(run.pid, asked)
    else:
        run.send_signal(asked)
    said, _ = run.communicate()

    assert run.returncode == 130, said
    assert "It goes on where it stopped with: timonel run" in said
    assert "Traceback" not in said
    # Neither was the next company begun, nor is anything of this one still at work.
    assert timonel.rows(_RUNS) == [("first", "stopped")]
    assert timonel.rows(SOMEBODY_BUILDS) == []
    assert timonel.rows("select title_en from ops.alerts") == []

    timonel.run("run", "--company", "first", "--as-of", "2024-12-30")
    assert timonel.rows(_RUNS) == [("first", "stopped"), ("first", "succeeded")]
