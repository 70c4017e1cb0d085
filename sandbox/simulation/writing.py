"""Writes a world's file: every company, one after the other."""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.clock import Clock
from sandbox.delivered import deliver_files
from sandbox.simulation.companies import ANDES, CDNOW, TIENDA_NORTE
from sandbox.simulation.exports import keep_exports
from sandbox.simulation.loading import Loader
from sandbox.simulation.replay import cdnow_log, cdnow_truth, load_replay, shift_of
from sandbox.simulation.simulated import load_simulated
from sandbox.simulation.timeline import Timeline
from sandbox.store import Store

if TYPE_CHECKING:
    from sandbox.simulation.making import WorldPlan

__all__ = ["write_world"]


def write_world(path: Path, anchor: date, plan: WorldPlan) -> None:
    """Write the whole file beside its place, then move it there.

    Files are delivered first: where there is a world, they are too.
    """
    started = time.monotonic()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    for leftover in path.parent.glob(f"{path.name}*"):
        leftover.unlink()
    store = Store(partial, Clock(), is_indexed=False)
    truth: dict[str, Any] = {}
    log = cdnow_log()
    shift = shift_of(log, anchor)
    known_until = Timeline(CDNOW, anchor).remembered_from
    load_replay(Loader(store, CDNOW.slug, known_until), CDNOW, log, shift)
    truth[CDNOW.slug] = cdnow_truth(shift)
    if plan.has_files:
        truth |= deliver_files(
            path,
            anchor,
            customers=plan.customers,
            seed=plan.seed,
            accounts=plan.accounts,
        )
    seeds = np.random.SeedSequence(plan.seed).spawn(2)
    for company, own_seed in zip((TIENDA_NORTE, ANDES), seeds, strict=True):
        timeline = Timeline(company, anchor)
        loader = Loader(store, company.slug, timeline.remembered_from)
        drawn, told = load_simulated(loader, timeline, plan.customers, own_seed)
        truth[company.slug] = told
        if plan.has_files:
            keep_exports(store, drawn, np.random.default_rng(own_seed.spawn(1)[0]))
    store.add_indices()
    store.keep_fact("truth", json.dumps(truth))
    store.keep_fact("anchor", anchor.isoformat())
    store.close()
    partial.replace(path)
    sys.stderr.write(
        f"sandbox: made {path.name} in {time.monotonic() - started:.1f} seconds\n"
    )
