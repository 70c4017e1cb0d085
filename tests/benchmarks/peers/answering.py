"""The far end of a conversation: a program of another interpreter that answers.

A question is a line of JSON on standard input, `{"peer": NAME, "folder": PATH}`; what
it is about lies in the folder, as arrays. The answer is a line too, `{"seconds": S}` or
`{"error": WHY}`, and an `answer.npz` in the folder. The first line of all tells which
peers are installed, with their versions. What a library prints goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, TextIO

import numpy as np

__all__ = ["Program", "answer_questions"]

Program = Callable[[Path], dict[str, Any]]


def answer_questions(programs: Mapping[str, tuple[str, Program]]) -> None:
    """Answer until standard input ends.

    Parameters
    ----------
    programs : mapping
        By the peer's name: the distribution it is installed as, and what runs it.
    """
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    _tell(replies, {name: _version(found) for name, (found, _) in programs.items()})
    for line in sys.stdin:
        question = json.loads(line)
        _, program = programs[question["peer"]]
        _tell(replies, _answered(program, Path(question["folder"])))


def _answered(program: Program, folder: Path) -> dict[str, Any]:
    start = time.perf_counter()
    try:
        found = program(folder)
    # Whatever a library raises is its answer to this question.
    except Exception as failure:
        return {"error": f"{type(failure).__name__}: {failure}"[:200]}
    seconds = time.perf_counter() - start
    np.savez(folder / "answer.npz", **found)
    return {"seconds": seconds}


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _tell(replies: TextIO, what: dict[str, Any]) -> None:
    replies.write(json.dumps(what) + "\n")
    replies.flush()
