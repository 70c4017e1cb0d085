"""dbt, run inside the test process: importing it once is most of its start."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.flags import set_from_args

from orchestration.lib.warehouse import brief_dbt
from orchestration.lib.warehouse.brief_dbt import MESSAGES, brief, connected_once
from orchestration.lib.warehouse.column_descriptions import inherit_descriptions
from orchestration.lib.warehouse.dbt import BRIEF_DBT

__all__ = [
    "DbtFailed",
    "DbtProject",
    "name_database",
    "read_manifest",
    "write_manifest",
    "written",
]

_FOLDER = Path(__file__).parents[2] / "dbt_project"
# Four fifths of a small command's time: files that no test reads, and the relations
# of schemas that it does not touch.
_BRIEF = ("--no-write-json", "--cache-selected-only", "--log-level-file", "none")


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
    manifest
        The parsed project; left out, it is parsed at the first command. Projects on
        several databases may share one.
    """

    environment: Mapping[str, str]
    work: Path
    manifest: Manifest | None = None

    def run(self, *command: str, **variables: object) -> dict[str, str]:
        """Run a command and return the status of each node, hooks apart, by its name.

        Raises
        ------
        DbtFailed
            With the message of every node that failed, or of the command itself.
        """
        result = self._invoke(*command, *_BRIEF, "--vars", json.dumps(variables))
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

    def start(
        self,
        *command: str,
        knowing: Mapping[str, str],
        company_ids: Sequence[str],
        as_of_dates: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start a command in a process of its own, as the platform starts it.

        Parameters
        ----------
        knowing
            From the fixture `knows_project`: one for each process.
        """
        scope = {
            "TIMONEL_COMPANY_IDS": json.dumps(company_ids),
            "TIMONEL_AS_OF_DATES": json.dumps(as_of_dates or {}),
        }
        target = Path(knowing["DBT_TARGET_PATH"])
        return subprocess.Popen(
            [*BRIEF_DBT, *_arguments(command, target)],
            env={**os.environ, **self.environment, **scope},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def compiled_manifest(self) -> dict[str, Any]:
        """The manifest with compiled SQL, as it is written. Needs no database."""
        with patch.object(brief_dbt, "flat_sql", lambda written, **_: written):
            result = self._invoke("compile", "--no-introspect", "--no-populate-cache")
        if result.exception is not None:
            raise DbtFailed(str(result.exception))
        text = (self.work / "target" / "manifest.json").read_text()
        manifest: dict[str, Any] = json.loads(text)
        return manifest

    def parsed_manifest(self) -> dict[str, Any]:
        """The manifest without SQL. Needs no database."""
        return written(self._parsed())

    def _invoke(self, *command: str) -> dbtRunnerResult:
        environment = patch.dict(os.environ, self.environment)
        with environment, brief(MESSAGES), connected_once():
            manifest = self._parsed()
            if "PGDATABASE" in self.environment:
                name_database(manifest, self.environment["PGDATABASE"])
            return dbtRunner(manifest=manifest).invoke(self._arguments(*command))

    def _parsed(self) -> Manifest:
        if self.manifest is None:
            self.manifest = parsed(self._arguments("parse"))
        return self.manifest

    def _arguments(self, *command: str) -> list[str]:
        return _arguments(command, self.work / "target")


def _arguments(command: Sequence[str], target: Path) -> list[str]:
    return [
        *command,
        "--quiet",
        "--no-use-colors",
        *("--project-dir", str(_FOLDER), "--profiles-dir", str(_FOLDER)),
        *("--target-path", str(target), "--log-path", str(target / "logs")),
    ]


def parsed(arguments: list[str]) -> Manifest:
    """The manifest of a parse command.

    Raises
    ------
    DbtFailed
        With what dbt says of the project.
    """
    result = dbtRunner().invoke(arguments)
    if not isinstance(result.result, Manifest):
        raise DbtFailed(str(result.exception))
    return result.result


def name_database(manifest: Manifest, name: str) -> None:
    """Let a parsed project mean another database, as parsing it there would."""
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        old = node.database
        if old == name:
            return
        node.database = name
        if node.relation_name:
            node.relation_name = node.relation_name.replace(
                f'"{old}".', f'"{name}".', 1
            )


def written(manifest: Manifest) -> dict[str, Any]:
    """A parsed project as `manifest.json` tells it."""
    # Where no command ran before in this process, dbt has no flags to write with.
    set_from_args(Namespace(), {})
    text = json.dumps(manifest.writable_manifest().to_dict(omit_none=False))
    told: dict[str, Any] = json.loads(text)
    inherit_descriptions(told)
    return told


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Keep a parsed project for `read_manifest`.

    Field by field: `Manifest.__reduce_ex__` of dbt 1.11 leaves some out.
    """
    kept = {
        one.name: getattr(manifest, one.name)
        for one in fields(manifest)
        # Indexes, which dbt makes again when it looks something up.
        if not one.name.startswith("_")
    }
    path.write_bytes(pickle.dumps(kept))


def read_manifest(path: Path) -> Manifest:
    """A parsed project that this program wrote."""
    return Manifest(**pickle.loads(path.read_bytes()))
