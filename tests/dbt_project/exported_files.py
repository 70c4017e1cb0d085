"""Files as shops export them, and the real tap and loader to read them with."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.dbt_project.warehouse import Warehouse

__all__ = ["load_folder", "write_csv"]


def write_csv(
    path: Path,
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> None:
    """Write a file of a delimiter and an encoding."""
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *rows])


def load_folder(
    warehouse: Warehouse,
    company_id: str,
    folder: Path,
    target_settings: Mapping[str, Any] | None = None,
    /,
    **settings: str,
) -> None:
    """Run `tap-files | target-postgres` over a folder, as a run does."""
    work = warehouse.dbt.work
    tap, target = work / f"{company_id}_tap.json", work / f"{company_id}_target.json"
    tap.write_text(json.dumps({"paths": [str(folder)], **settings}))
    to = {"database_url": warehouse.url, "schema": "raw_files"}
    to |= {"quarantine_table": "ops.quarantined_records"}
    to |= {"company_id": company_id, "source": "files", "run_id": "1"}
    target.write_text(json.dumps({**to, **(target_settings or {})}))
    messages = subprocess.run(
        [sys.executable, "-m", "taps.tap_files", "--config", str(tap)],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    subprocess.run(
        [sys.executable, "-m", "taps.target_postgres", "--config", str(target)],
        check=True,
        input=messages,
        stdout=subprocess.DEVNULL,
    )
    warehouse.execute("analyze")
