"""Bring one company up to date: Dagster runs in this process, one phase at a time."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import dagster as dg
from rich.markup import escape

from orchestration.cli.asset_runs import (
    AssetRuns,
    PhaseFailed,
    SourceUnread,
    asset_groups,
    selected_keys,
)
from orchestration.cli.console import console
from orchestration.lib.alerts.dispatch import Dispatcher
from orchestration.lib.connections.connections import list_connections
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.settings import PROJECT_ROOT, Settings
from orchestration.lib.ingestion.files_read import (
    are_read,
    files_version,
    remember_read,
)
from orchestration.lib.ingestion.ingestion import DateRange
from orchestration.lib.ingestion.webhooks.reading import read_deliveries
from orchestration.lib.operations.cadence import Rhythm, list_rhythms, next_publication
from orchestration.lib.operations.run_phases import (
    BELOW_PREDICTIONS,
    READING,
    REPORTING,
    computed_groups,
)
from orchestration.lib.operations.runs import (
    RecordedRun,
    input_version,
    is_done,
    recorded_run,
)
from orchestration.lib.operations.service_levels import measure
from orchestration.lib.reporting.client_summaries import summarise_clients
from orchestration.lib.reporting.metrics import Metric, read_metrics
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.tenancy.privacy.erasure_log import key_old_erasures
from orchestration.lib.warehouse.dbt import project_fingerprint
from orchestration.lib.warehouse.standing import standing_assets

__all__ = ["PhaseFailed", "Refresher", "code_version"]


@dataclass(frozen=True)
class Refresher:
    """Materialises what is due for a company, showing each phase.

    Parameters
    ----------
    settings, url
        Where runs are kept, and the open database.
    force
        Compute again even if nothing changed, with all tests.
    accept_changes
        Publish although the past changed since the last good run: somebody looked.
    refit
        Publish predictions also between the days on which the company is told them.
    history
        Month ends before, at most, that are predicted as of then where nobody did.
    """

    settings: Settings
    url: str
    force: bool = False
    accept_changes: bool = False
    refit: bool = False
    history: int = 0

    @property
    def _assets(self) -> AssetRuns:
        return AssetRuns(self.settings, has_all_tests=self.force)

    def load(
        self,
        company: Company,
        title: str = "Reading",
        *,
        only: Collection[str] = (),
        days: DateRange | None = None,
    ) -> tuple[SourceUnread, ...]:
        """Bring in what is new from the company's sources, one after the other.

        Parameters
        ----------
        only
            Slugs of the sources to read; none means all that are connected.
        days
            Read exactly these days again instead.

        Returns
        -------
        tuple
            Why sources could not be read that the others can go on without.

        Raises
        ------
        PhaseFailed
            Nothing could be read, or what landed is not what a source counted. A
            source that fails does not stop the others.
        """
        key_old_erasures(self.url, self.settings)
        self._read_delivered(company)
        unread: list[SourceUnread] = []
        failures: list[PhaseFailed] = []
        due = self._due(company, only)
        for slug in due:
            try:
                self._read(company, slug, f"{title} {SOURCES[slug].title}", days)
            except SourceUnread as failure:
                unread.append(failure)
            except PhaseFailed as failure:
                failures.append(failure)
        if failures or (due and len(unread) == len(due)):
            raise PhaseFailed.of_all([*failures, *unread])
        return tuple(unread)

    def _read_delivered(self, company: Company) -> None:
        """Turn what the receiver kept into events; nothing is told without any."""
        read = read_deliveries(self.url, company.company_id)
        if not read.delivery_count:
            return
        console.print(
            f"  [green]✓[/green] Reading webhooks: {read.delivery_count:,} deliveries, "
            f"{read.quarantined_count:,} in quarantine"
        )

    def _due(self, company: Company, only: Collection[str]) -> list[str]:
        connections = list_connections(self.url, company.company_id)
        connected = {connection.source_slug for connection in connections}
        # Without any connection the files asset says how to add one.
        due = [slug for slug in SOURCES if slug in (connected or {"files"})]
        return [slug for slug in due if not only or slug in only]

    def _read(
        self, company: Company, slug: str, title: str, days: DateRange | None
    ) -> None:
        is_files = slug == "files"
        version = files_version(self.url, company) if is_files else ""
        if is_files and not self.force and are_read(self.url, company, version):
            console.print(f"  [green]✓[/green] {title}: nothing new")
            return
        self._assets.of_groups(
            company, _days_config(days), title, (f"{READING}{slug}",)
        )
        if is_files:
            remember_read(self.url, company, version)

    def refresh(
        self,
        company: Company,
        as_of_date: date,
        *,
        only: Collection[str] = (),
        days: DateRange | None = None,
    ) -> bool:
        """Load and compute, kept as one run. False if nothing had changed.

        Raises
        ------
        PhaseFailed
            As of `load` and `compute`.
        """
        with recorded_run(self.url, company.company_id, as_of_date) as run:
            unread = self.load(company, only=only, days=days)
            return self._computed(company, as_of_date, unread, run)

    def compute(
        self, company: Company, as_of_date: date, unread: Sequence[SourceUnread] = ()
    ) -> bool:
        """Rebuild marts, predictions and reporting. False if nothing had changed.

        Parameters
        ----------
        unread
            Why sources could not be read. The run goes on and is told as failed.

        Raises
        ------
        PhaseFailed
            A gate that blocks is such a failure: the last good predictions stay,
            and the reporting views say that they are stale.
        """
        with recorded_run(self.url, company.company_id, as_of_date) as run:
            return self._computed(company, as_of_date, unread, run)

    def _computed(
        self,
        company: Company,
        as_of_date: date,
        unread: Sequence[SourceUnread],
        run: RecordedRun,
    ) -> bool:
        version = input_version(self.url, company, as_of_date, code_version())
        rhythm = self._rhythm(company)
        # Who never was told predictions has none to be told anew.
        is_told = rhythm.last_published in (None, as_of_date)
        is_unpublished = self.refit and not is_told
        is_wanted = self.force or unread or is_unpublished or self.history
        if not is_wanted and is_done(self.url, company, as_of_date, version):
            run.forget()
            measure(self.url, company.company_id)
            console.print("  [green]✓[/green] Nothing changed since the last run")
            return False
        run.computes(version)
        config = {"as_of_date": as_of_date.isoformat()}
        self._assets.of_groups(
            company,
            config,
            "Building the marts (dbt)",
            BELOW_PREDICTIONS,
            standing=self._standing(company),
        )
        with self._reporting_follows(company, config, unread):
            self._predict(company, config, rhythm, as_of_date)
        return True

    def _predict(
        self,
        company: Company,
        config: dict[str, str],
        rhythm: Rhythm,
        as_of_date: date,
    ) -> None:
        is_publishing = self._is_publishing(rhythm, as_of_date)
        self._assets.of_groups(
            company,
            config,
            "Predicting customers, channels and budgets"
            if is_publishing
            else "Measuring what was done",
            computed_groups(asset_groups(), is_publishing=is_publishing),
            {
                "customer_value": {
                    "accept_changes": self.accept_changes,
                    "history_months": self.history,
                },
                "media_mix": {"history_months": self.history},
            }
            if is_publishing
            else None,
        )

    def dispatch_alerts(self, company: Company) -> None:
        """Look at the company's alert rules and tell people. Never fails: it warns."""
        try:
            with self._assets.quiet():
                dispatcher = Dispatcher(self.url, self.settings, _metrics())
                dispatcher.dispatch(company, datetime.now(UTC))
                summarise_clients(self.url)
        # Whatever it is, the run has its result, which nobody may lose by it.
        except Exception as failure:
            reason = escape(str(failure).strip() or type(failure).__name__)
            console.print(f"  [yellow]![/yellow] Alerts were not looked at: {reason}")

    def materialise_selection(
        self, company: Company, as_of_date: date, selection: str, days: DateRange | None
    ) -> None:
        """Run some assets in one go, in the words of Dagster's asset selection.

        Raises
        ------
        EmptySelection, PhaseFailed
        """
        keys = selected_keys(selection)
        config = {"as_of_date": as_of_date.isoformat(), **_days_config(days)}
        self._assets.of_keys(company, config, f"Running {len(keys)} assets", keys)

    def _rhythm(self, company: Company) -> Rhythm:
        rhythms = {each.company.company_id: each for each in list_rhythms(self.url)}
        # Removed a moment ago: what follows says so.
        return rhythms.get(company.company_id, Rhythm(company))

    def _is_publishing(self, rhythm: Rhythm, as_of_date: date) -> bool:
        asked_for = (self.force, self.refit, self.accept_changes, self.history)
        if any(asked_for) or rhythm.is_publishing_due(as_of_date):
            return True
        console.print(
            f"  [green]✓[/green] Predictions and the mix of {rhythm.last_published} "
            f"stay: this company is told them weekly, next on "
            f"{next_publication(as_of_date)}. Now all the same: --refit"
        )
        return False

    def _standing(self, company: Company) -> Collection[dg.AssetKey]:
        return () if self.force else standing_assets(self.url, company.company_id)

    @contextlib.contextmanager
    def _reporting_follows(
        self,
        company: Company,
        config: dict[str, str],
        unread: Sequence[SourceUnread],
    ) -> Iterator[None]:
        """Publish whatever happens inside, then tell everything that went wrong."""
        failures: list[PhaseFailed] = list(unread)
        try:
            yield
        except PhaseFailed as gate:
            failures.append(gate)
        try:
            self._assets.of_groups(
                company,
                config,
                "Publishing to reporting",
                REPORTING,
                standing=self._standing(company),
            )
        except PhaseFailed as failure:
            failures.append(failure)
        if failures:
            raise PhaseFailed.of_all(failures)


@cache
def _metrics() -> tuple[Metric, ...]:
    return tuple(read_metrics())


@cache
def code_version() -> str:
    """Fingerprint of everything that turns raw rows into predictions."""
    digest = hashlib.sha256(project_fingerprint().encode())
    for file in sorted((PROJECT_ROOT / "ml_assets").rglob("*")):
        if file.suffix in {".sql", ".yml", ".csv", ".py"}:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _days_config(days: DateRange | None) -> dict[str, str]:
    if days is None:
        return {}
    return {"read_from": days.start.isoformat(), "read_to": days.end.isoformat()}
