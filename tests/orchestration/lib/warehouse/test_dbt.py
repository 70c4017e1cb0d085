"""The parsed dbt project: made once, by one process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from dagster_dbt import DbtProject

from orchestration.lib.warehouse import dbt

PROGRAM = """#!/bin/sh
# As long as another process may need to arrive, in the target folder that is told last.
for target; do :; done
echo parsed >> calls
sleep 0.5
echo '{}' > "$target/manifest.json"
touch "$target/partial_parse.msgpack"
"""


def test_of_processes_that_start_together_one_parses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: small\nprofile: small\n")
    program = tmp_path / "parse"
    program.write_text(PROGRAM)
    program.chmod(0o700)
    monkeypatch.setattr(dbt, "dbt_project", DbtProject(project_dir=tmp_path))
    monkeypatch.setattr(dbt, "dbt_program", lambda: str(program))

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: dbt.prepare_manifest(), range(3)))
    dbt.prepare_manifest()

    assert (tmp_path / "calls").read_text().splitlines() == ["parsed"]
    assert (tmp_path / "target" / "manifest.json").exists()
