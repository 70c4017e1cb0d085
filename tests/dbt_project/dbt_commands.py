"""dbt, run inside the test process: importing it once is most of its start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dbt.cli.main import dbtRunner, dbtRunnerResult

__all__ = ["DbtFailed", "DbtProject"]

_FOLDER = Path(__file__).parents[2] / "dbt_project"


class DbtFailed(AssertionError):
    """A dbt command failed; the message lists what failed and why."""


@dataclass
class DbtProject:
    """The project, against one database.

    Parameters
    ----------
    environment
        libpq variables of the database.
    work
        Folder for artefacts and logs, so that the project's own stay untouched.
    """

    environment: Mapping[str, str]
    work: Path
    _manifest: Any = field(default=None, init=False)

    def run(self, *command: str, **variables: object) -> dict[str, str]:
        """Run a command and return the status of each node, hooks apart, by its name.

        Raises
        ------
        DbtFailed
            With the message of every node that failed, or of the command itself.
        """
        result = self._invoke(*command, "--vars", json.dumps(variables))
        if result.exception is not None:
            raise DbtFailed(str(result.exception))
        outcomes: list[Any] = list(result.result)  # type: ignore[arg-type]
        failures = [
            f"{r.node.name}: {r.status}: {r.message}"
            for r in outcomes
            if r.status in ("error", "fail", "runtime error")
        ]
        if failures or not result.success:
            raise DbtFailed("\n".join(failures))
        return {
            outcome.node.name: str(outcome.status)
            for outcome in outcomes
            if outcome.node.resource_type != "operation"
        }

    def start(self, *command: str, **variables: object) -> subprocess.Popen[str]:
        """Start a command in a process of its own, with artefacts of its own."""
        folder = self.work / uuid.uuid4().hex
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "dbt.cli.main"),
                *replace(self, work=folder)._arguments(*command),
                *("--vars", json.dumps(variables)),
            ],
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def compiled_manifest(self) -> dict[str, Any]:
        """The manifest with compiled SQL. Needs no database."""
        result = self._invoke("compile", "--no-introspect", "--no-populate-cache")
        if result.exception is not None:
            raise DbtFailed(str(result.exception))
        text = (self.work / "target" / "manifest.json").read_text()
        manifest: dict[str, Any] = json.loads(text)
        return manifest

    def parsed_manifest(self) -> dict[str, Any]:
        """The manifest without SQL. Needs no database."""
        result = self._invoke("parse")
        if result.exception is not None:
            raise DbtFailed(str(result.exception))
        text = (self.work / "target" / "manifest.json").read_text()
        manifest: dict[str, Any] = json.loads(text)
        return manifest

    def _invoke(self, *command: str) -> dbtRunnerResult:
        with patch.dict(os.environ, self.environment):
            if self._manifest is None:
                # Read once; every later command starts from it.
                self._manifest = dbtRunner().invoke([*self._arguments("parse")]).result
            return dbtRunner(manifest=self._manifest).invoke(self._arguments(*command))

    def _arguments(self, *command: str) -> list[str]:
        return [
            *command,
            "--quiet",
            "--no-use-colors",
            *("--project-dir", str(_FOLDER), "--profiles-dir", str(_FOLDER)),
            *("--target-path", str(self.work / "target")),
            *("--log-path", str(self.work / "logs")),
        ]
