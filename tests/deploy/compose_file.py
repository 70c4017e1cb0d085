"""docker-compose.yml as written, and as a real compose parser resolves it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = [
    "COMPOSE_FILE",
    "ROOT",
    "Variable",
    "container_environment",
    "example_variables",
    "health_command",
    "is_one_shot",
    "is_ours",
    "parse",
    "services",
    "variables_used",
]

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
_EXAMPLE = ROOT / ".env.example"
_USED = re.compile(r"\$\{(?P<name>\w+)(?P<rest>(?::[?-][^}]*)?)\}")
_ASSIGNMENT = re.compile(r"^(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)$")

Service = dict[str, Any]


@dataclass(frozen=True)
class Variable:
    """One line of ``.env.example``."""

    name: str
    value: str
    comment: str


@cache
def services() -> dict[str, Service]:
    """Services by name, variables not yet replaced."""
    content: dict[str, dict[str, Service]] = yaml.safe_load(COMPOSE_FILE.read_text())
    return content["services"]


def parse(folder: Path, values: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Have podman-compose read the file with these variables and nothing else.

    ``--dry-run`` only keeps it from looking for podman itself.
    """
    env_file = folder / "env"
    env_file.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    program = Path(sys.executable).with_name("podman-compose")
    files = ["--env-file", str(env_file), "--file", str(COMPOSE_FILE)]
    return subprocess.run(
        [str(program), "--dry-run", *files, "--profile", "tools", "config"],
        cwd=ROOT,
        env={"PATH": str(program.parent), "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def variables_used() -> dict[str, str]:
    """Variables of the compose file, with what follows each name (``:?…``)."""
    lines = COMPOSE_FILE.read_text().splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    return {match["name"]: match["rest"] for match in _USED.finditer(text)}


def example_variables() -> list[Variable]:
    """Variables of ``.env.example``, each with the comment block above it."""
    variables = []
    comment: list[str] = []
    for line in _EXAMPLE.read_text().splitlines():
        if line.startswith("#"):
            comment.append(line.lstrip("# "))
        elif match := _ASSIGNMENT.match(line):
            variables.append(Variable(match["name"], match["value"], " ".join(comment)))
        else:
            comment = []
    return variables


def is_ours(service: Service) -> bool:
    """Whether the service runs our own image."""
    return "build" in service


def is_one_shot(service: Service) -> bool:
    """Whether the service ends when its work is done."""
    return bool(service["restart"] == "no")


def container_environment(service: Service) -> dict[str, str]:
    """Environment of a service, empty when it has none."""
    return dict(service.get("environment", {}))


def health_command(service: Service) -> list[str]:
    """The health check's program and arguments."""
    kind, *command = service["healthcheck"]["test"]
    assert kind == "CMD", "a shell in between would hide a missing program"
    return [str(word) for word in command]
