"""What benchmarks share that follow a delivery to its card."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from metabase.content.company import EXAMPLE
from metabase.content.load import CONTENT_ROOT, load_content
from orchestration.lib.core.settings import Settings
from tests.benchmarks.receiver import environment_of

__all__ = [
    "PROMISED_SECONDS",
    "Seen",
    "card_queries",
    "ending",
    "print_heading",
    "timonel",
]

PROMISED_SECONDS = 300


@dataclass
class Seen:
    """When each was sent, and when the card counted one more, in seconds."""

    sent: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)

    def delays(self) -> np.ndarray:
        """Seconds each waited; what is not shown is not in it."""
        pairs = zip(self.sent, self.shown, strict=False)
        return np.array([shown - sent for sent, shown in pairs])

    def is_told(self, name: str) -> bool:
        """Print a line of the table; whether all is shown, and in time."""
        delays = self.delays()
        told = (*np.percentile(delays, (50, 95)), delays.max()) if delays.size else ()
        line = "".join(f"{value:>7.0f}" for value in told)
        print(f"{name:24}{len(self.sent):>6}{len(self.shown):>7}{line}")
        is_all = len(self.sent) == len(self.shown)
        return is_all and bool(told) and bool(told[1] <= PROMISED_SECONDS)


def print_heading() -> None:
    """Print the head of the table whose lines `Seen.is_told` prints."""
    print(f"{'seconds to the card':24}{'sent':>6}{'shown':>7}{'p50':>7}", end="")
    print(f"{'p95':>7}{'max':>7}")


def card_queries(names: Iterable[str]) -> dict[str, str]:
    """What cards ask when nobody filters, by name."""
    cards = load_content(CONTENT_ROOT, EXAMPLE, "es").cards.values()
    by_name = {card.path.stem: card for card in cards}
    return {name: by_name[name].default_sql() for name in names}


def timonel(settings: Settings, *arguments: str) -> subprocess.Popen[bytes]:
    """A command as a process group of its own, which says nothing."""
    return subprocess.Popen(
        [Path(sys.executable).with_name("timonel"), *arguments],
        env=environment_of(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@contextmanager
def ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever it started goes with it."""
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
