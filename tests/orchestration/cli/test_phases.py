"""What a run does of a company: which phases, in spite of which failures."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from orchestration.cli import refresh
from orchestration.cli.asset_runs import AssetRuns, PhaseFailed, SourceUnread
from orchestration.cli.refresh import Refresher
from orchestration.definitions import defs
from orchestration.lib.connections.connections import Connection
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.reading import DeliveriesRead
from orchestration.lib.operations.cadence import Rhythm
from orchestration.lib.operations.run_phases import (
    BELOW_PREDICTIONS,
    PAGES,
    READING,
    REPORTING,
    computed_groups,
)
from orchestration.lib.tenancy.companies import Company

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
SUNDAY = date(2026, 1, 18)
MODELS = ("measurement", "ml_attribution", "ml_clv", "ml_mmm")
MEASUREMENT = ("measurement",)
RUN = SimpleNamespace(computes=lambda version: None, forget=lambda: None)
EXPIRED = SourceUnread(
    "acme/meta: the token expired.", "d0c5", ("raw_meta_ads", "slices")
)


@dataclass
class Phases:
    """The phases that were run, and those that are to fail."""

    failures: dict[tuple[str, ...], PhaseFailed] = field(default_factory=dict)
    run: list[tuple[str, ...]] = field(default_factory=list)

    def of_groups(
        self, company: Any, config: Any, title: Any, groups: Any, *_: Any, **__: Any
    ) -> None:
        self.run.append(tuple(groups))
        if tuple(groups) in self.failures:
            raise self.failures[tuple(groups)]


@pytest.fixture
def phases(monkeypatch: pytest.MonkeyPatch) -> Phases:
    """A company with a shop and ads that is told its predictions on Mondays."""
    found = Phases()
    rhythm = Rhythm(ACME, "weekly", last_published=SUNDAY)
    connections = [
        Connection("acme", slug, slug, {}) for slug in ("shopify", "meta_ads")
    ]
    for name, value in {
        "list_rhythms": lambda url: [rhythm],
        "list_connections": lambda url, company_id: connections,
        "input_version": lambda *arguments: "1",
        "is_done": lambda *arguments: False,
        "key_old_erasures": lambda *arguments: None,
        "read_deliveries": lambda *arguments: DeliveriesRead(),
        "standing_assets": lambda url, company_id: frozenset(),
        "recorded_run": lambda *arguments: nullcontext(RUN),
    }.items():
        monkeypatch.setattr(refresh, name, value)
    monkeypatch.setattr(
        AssetRuns,
        "of_groups",
        lambda self, *arguments, **options: found.of_groups(*arguments, **options),
    )
    return found


def _refresher(**options: Any) -> Refresher:
    return Refresher(Settings(Path("nowhere"), None), "postgresql://nowhere", **options)


def test_between_mondays_everything_but_the_models_is_run(
    phases: Phases, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = StringIO()
    monkeypatch.setattr(refresh, "console", Console(file=printed, width=300))

    _refresher().compute(ACME, date(2026, 1, 21))

    assert phases.run == [BELOW_PREDICTIONS, MEASUREMENT, REPORTING]
    said = printed.getvalue()
    assert "mix of 2026-01-18 stay" in said
    assert "next on 2026-01-26" in said
    assert "--refit" in said


def test_month_ends_before_are_asked_for_although_nothing_changed(
    phases: Phases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "is_done", lambda *_: True)
    monkeypatch.setattr(refresh, "measure", lambda *_: None)

    _refresher().compute(ACME, SUNDAY)
    assert phases.run == []
    _refresher(history=6).compute(ACME, SUNDAY)

    assert MODELS in phases.run


@pytest.mark.parametrize("option", ["refit", "force", "accept_changes"])
def test_who_asks_gets_predictions_on_any_day(phases: Phases, option: str) -> None:
    _refresher(**{option: True}).compute(ACME, date(2026, 1, 21))

    assert phases.run == [BELOW_PREDICTIONS, MODELS, REPORTING]


def test_the_phases_are_all_that_the_night_runs_but_its_pages() -> None:
    job = defs().resolve_job_def("refresh_company")
    graph = job.asset_layer.asset_graph
    of_the_night = {
        graph.get(key).group_name or "" for key in graph.materializable_asset_keys
    }
    read = {group for group in of_the_night if group.startswith(READING)}

    computed = computed_groups(of_the_night, is_publishing=True)

    phases = [*read, *BELOW_PREDICTIONS, *computed, *REPORTING]
    assert sorted(phases) == sorted(of_the_night - {*PAGES})
    assert read == {f"{READING}{slug}" for slug in SOURCES}


def test_monday_publishes(phases: Phases) -> None:
    _refresher().compute(ACME, date(2026, 1, 25))

    assert MODELS in phases.run


def test_a_source_that_cannot_be_read_is_told_after_the_rest_was_done(
    phases: Phases,
) -> None:
    phases.failures = {("ingest_meta_ads",): EXPIRED}

    unread = _refresher().load(ACME)
    with pytest.raises(PhaseFailed, match="the token expired") as failure:
        _refresher().compute(ACME, date(2026, 1, 25), unread)
    assert failure.value.failed_asset == ("raw_meta_ads", "slices")

    read = [("ingest_shopify",), ("ingest_meta_ads",)]
    assert phases.run == [*read, BELOW_PREDICTIONS, MODELS, REPORTING]


def test_nothing_is_computed_when_no_source_could_be_read(phases: Phases) -> None:
    phases.failures = {
        ("ingest_shopify",): SourceUnread("acme/shop: down."),
        ("ingest_meta_ads",): EXPIRED,
    }

    with pytest.raises(PhaseFailed, match="down") as failure:
        _refresher().load(ACME)

    assert "the token expired" in str(failure.value)


def test_rows_that_are_missing_stop_the_company_after_all_sources_were_read(
    phases: Phases,
) -> None:
    phases.failures = {("ingest_shopify",): PhaseFailed("1 row landed, 2 counted.")}

    with pytest.raises(PhaseFailed, match="2 counted"):
        _refresher().load(ACME)

    assert ("ingest_meta_ads",) in phases.run


def test_a_gate_that_blocks_and_a_source_that_failed_are_both_told(
    phases: Phases,
) -> None:
    fits = ("predictions", "model_fits")
    phases.failures = {MODELS: PhaseFailed("The last order is of 2025.", "be7a", fits)}

    with pytest.raises(PhaseFailed) as failure:
        _refresher(refit=True).compute(ACME, date(2026, 1, 21), (EXPIRED,))

    assert str(failure.value).splitlines() == [
        "acme/meta: the token expired.",
        "The last order is of 2025.",
    ]
    # Who follows the link comes to what stopped something.
    assert (failure.value.dagster_run_id, failure.value.failed_asset) == ("be7a", fits)
    assert phases.run[-1] == REPORTING
