"""One Ctrl-C, or one SIGTERM, ends a run of many companies at once and in words."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from tests.end_to_end.conftest import SECOND, SOMEBODY_BUILDS, Timonel

_RUNS = """
    select company_id, status from ops.runs where as_of_date = %s order by started_at
"""


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_ends_at_once_and_alarms_nobody(
    asked: signal.Signals,
    predicted_timonel: Timonel,
    killers: list[subprocess.Popen[str]],
) -> None:
    timonel = predicted_timonel
    run = timonel.start("run", "--as-of", SECOND)
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
    assert timonel.rows(_RUNS, SECOND) == [("calm", "stopped")]
    assert timonel.rows(SOMEBODY_BUILDS) == []
    assert timonel.rows("select title_en from ops.alerts") == []

    timonel.run("run", "--company", "calm", "--as-of", SECOND)
    assert timonel.rows(_RUNS, SECOND) == [("calm", "stopped"), ("calm", "succeeded")]
