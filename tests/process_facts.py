"""A program that tells what it finds about itself: ``[end | wait | child]``."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

__all__ = ["main"]

_HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)
_SHOWN = {"PYTHONPATH", "PYTHONUNBUFFERED", "SAID", "TZ", "HOME", "PATH"}


def main(*asked: str) -> int:
    """Print the facts as one line of JSON, then do what was asked."""
    print(json.dumps(facts()), flush=True)
    doing: dict[str, Callable[[], int]] = {
        "end": lambda: 7,
        "wait": _wait,
        "child": _have_child,
        "fail": _fail,
    }
    return doing[asked[0]]() if asked else 0


def facts() -> dict[str, object]:
    """What a program can find out."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return {
        "arguments": sys.argv,
        "typed": sys.orig_argv,
        "folder": str(Path.cwd()),
        "path": sys.path,
        "environment": {k: v for k, v in os.environ.items() if k in _SHOWN},
        "module": __name__,
        "main": sys.modules["__main__"].__dict__["__name__"],
        "spec": sys.modules["__main__"].__spec__.name,
        "streams": [
            (each.encoding, each.errors, each.line_buffering, each.write_through)
            for each in streams
        ],
        "descriptors": sorted(_descriptors()),
        "handlers": [str(signal.getsignal(each)) for each in _HANDLED],
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
        "threads": threading.active_count(),
        "leads_session": os.getsid(0) == os.getpid(),
        "leads_group": os.getpgid(0) == os.getpid(),
    }


def _descriptors() -> set[int]:
    """Those of this process that a program it starts would have, too."""
    found = (int(each.name) for each in Path("/proc/self/fd").iterdir())
    return {each for each in found if _is_inherited(each)}


def _is_inherited(descriptor: int) -> bool:
    try:
        return os.get_inheritable(descriptor)
    except OSError:
        return False


def _wait() -> int:
    print(random.random(), flush=True)  # noqa: S311 - two may not draw the same
    signal.pause()
    return 0


def _have_child() -> int:
    """Start another, in the same group, tell its number and parent, and wait."""
    command = [sys.executable, "-m", "tests.process_facts", "wait"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as child:
        parent = Path(f"/proc/{child.pid}/stat").read_text().rpartition(") ")[2].split()
        print(json.dumps([child.pid, int(parent[1])]), flush=True)
        return child.wait()


def _fail() -> int:
    raise RuntimeError("as asked")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
