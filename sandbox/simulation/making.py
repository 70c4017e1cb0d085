"""Makes a world once, and opens it from then on."""

import hashlib
import json
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sandbox.clock import Clock
from sandbox.simulation.companies import COMPANIES
from sandbox.simulation.exports import write_exports
from sandbox.simulation.timeline import FUTURE_DAYS
from sandbox.simulation.world import World
from sandbox.store import Store

__all__ = ["DEFAULT_CUSTOMERS", "DEFAULT_SEED", "WorldPlan", "open_world"]

DEFAULT_CUSTOMERS: Final = 5_000
"""So many that a media mix can tell what advertising brought."""
DEFAULT_SEED: Final = 20260101
_VERSION: Final = 9
"""Raise it when the same seed makes another world: kept files are then made anew."""


@dataclass(frozen=True)
class WorldPlan:
    """What a world is made from; equal plans make equal worlds on the same day."""

    customers: int = DEFAULT_CUSTOMERS
    seed: int = DEFAULT_SEED
    has_files: bool = True
    """Whether the companies that deliver files are in it: two thirds of its making."""
    accounts: int | None = None
    """Of the subscription business; None is as many as the size asks."""

    @property
    def file_name(self) -> str:
        """Of the world's file; says nothing of the day it was made."""
        told: list[int | str] = [_VERSION, self.customers, self.seed]
        told += [] if self.accounts is None else [f"{self.accounts} accounts"]
        text = json.dumps(told if self.has_files else [*told, "no files"])
        return f"world-{hashlib.sha256(text.encode()).hexdigest()[:12]}.sqlite"


def open_world(plan: WorldPlan, home: Path, clock: Clock) -> World:
    """The world kept in `home`, made if it is missing or has run out of days."""
    path = home / plan.file_name
    today = _today(clock)
    if path.exists():
        world = _opened(plan, path, clock)
        if world.anchor <= today <= world.anchor + timedelta(days=FUTURE_DAYS - 1):
            write_exports(world.store, today)
            return world
        sys.stderr.write(
            f"sandbox: {path.name} was made on {world.anchor} and shows nothing of"
            f" {today}: making it anew\n"
        )
        world.store.close()
    _make(plan, path, today)
    world = _opened(plan, path, clock)
    write_exports(world.store, today)
    return world


def _today(clock: Clock) -> date:
    """The earliest of the companies' own todays: yesterday is complete for all."""
    now = clock.now()
    return min(now.astimezone(company.zone).date() for company in COMPANIES.values())


def _opened(plan: WorldPlan, path: Path, clock: Clock) -> World:
    store = Store(path, clock)
    anchor = date.fromisoformat(store.fact("anchor") or "")
    return World(store, anchor=anchor, seed=plan.seed)


def _make(plan: WorldPlan, path: Path, anchor: date) -> None:
    # What simulates takes seconds to import, which a kept world need not wait for.
    from sandbox.simulation.writing import write_world  # noqa: PLC0415

    write_world(path, anchor, plan)
