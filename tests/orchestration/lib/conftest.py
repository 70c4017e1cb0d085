"""Dagster as a command opens it, in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.dagster_home import open_instance


@pytest.fixture
def instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    with open_instance(Settings(tmp_path, "")) as opened:
        yield opened
