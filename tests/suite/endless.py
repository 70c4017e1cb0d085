"""A test without an end, for sessions that are killed; not collected by itself."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres


def test_it_waits_with_a_server_and_a_child_that_left_it(
    postgres: EmbeddedPostgres,
) -> None:
    sleeper = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    told = Path(os.environ["TOLD"])
    unfinished = told.with_suffix(".unfinished")
    unfinished.write_text(
        f"{os.getpid()} {sleeper.pid} {postgres._pid()}\n{postgres.home}"
    )
    unfinished.rename(told)
    time.sleep(1000)
