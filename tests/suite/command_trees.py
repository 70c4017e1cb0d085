"""The tree of a program's commands, made once in a process that runs many of them.

`timonel` has 130 commands, and typer reads the signature of each before it looks at
which was asked for: a tenth of a second of each that a test runs in its own process.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import typer.main
import typer.testing

__all__ = ["keep_command_trees"]


def keep_command_trees() -> None:
    """Have typer keep the tree of each program, and give it again."""
    kept: Any = typer.main.get_command
    if not hasattr(kept, "cache_info"):
        kept = cache(kept)
    typer.main.get_command = kept
    typer.testing._get_command = kept  # type: ignore[attr-defined]
