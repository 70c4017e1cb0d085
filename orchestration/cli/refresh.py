"""Bring one company up to date: Dagster runs in this process, one phase at a time."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import dagster as dg
from rich.markup import escape

from orchestration.cli.console import console, step
from orchestration.definitions import defs as definitions
from orchestration.lib.alerts.dispatch import Dispatcher
from orchestration.lib.companies import Company
from orchestration.lib.connections import list_connections
from orchestration.lib.dagster_home import (
    end_killed_runs,
    open_instance,
    own_process_tag,
)
from orchestration.lib.dbt import dbt_project
from orchestration.lib.ingestion import DateRange
from orchestration.lib.metrics import Metric, read_metrics
from orchestration.lib.partitions import partition_key
from orchestration.lib.progress import listening
from orchestration.lib.runs import input_version, is_done, recorded_run
from orchestration.lib.service_levels import measure
from orchestration.lib.settings import PROJECT_ROOT, Settings
from orchestration.lib.sources import SOURCES

__all__ = ["BELOW_PREDICTIONS", "PhaseFailed", "Refresher"]


# All that dbt makes below: asked for a part, it cannot leave out what is unchanged.
BELOW_PREDICTIONS = ("dbt_staging", "dbt_personal", "dbt_intermediate", "dbt_marts")


class PhaseFailed(RuntimeError):
    """A phase of a run did not succeed; the message is what Dagster was told."""


@dataclass(frozen=True)
class Refresher:
    """Materialises what is due for a company, showing each phase.

    Parameters
    ----------
    settings, url
        Where runs are kept, and the open database.
    force
        Compute again even if nothing changed.
    accept_changes
        Publish although the past changed since the last good run: somebody looked.
    """

    settings: Settings
    url: str
    force: bool = False
    accept_changes: bool = False

    def load(
        self,
        company: Company,
        title: str = "Reading",
        *,
        only: Collection[str] = (),
        days: DateRange | None = None,
    ) -> None:
        """Bring in what is new from the company's sources, one after the other.

        Parameters
        ----------
        only
            Slugs of the sources to read; none means all that are connected.
        days
            Read exactly these days again instead.

        Raises
        ------
        PhaseFailed
            A source that fails does not stop the others.
        """
        connections = list_connections(self.url, company.company_id)
        connected = {connection.source_slug for connection in connections}
        # Without any connection the files asset says how to add one.
        due = [slug for slug in SOURCES if slug in (connected or {"files"})]
        failures = []
        for slug in due:
            if only and slug not in only:
                continue
            try:
                self._materialise(
                    company,
                    {
                        "read_from": days.start.isoformat(),
                        "read_to": days.end.isoformat(),
                    }
                    if days
                    else {},
                    f"{title} {SOURCES[slug].title}",
                    (f"ingest_{slug}",),
                )
            except PhaseFailed as failure:
                failures.append(str(failure))
        if failures:
            raise PhaseFailed("\n".join(failures))

    def compute(self, company: Company, as_of_date: date) -> bool:
        """Rebuild marts, predictions and reporting. False if nothing had changed.

        Raises
        ------
        PhaseFailed
            A gate that blocks is such a failure: the last good predictions stay,
            and the reporting views say that they are stale.
        """
        version = input_version(self.url, company, as_of_date, _code_version())
        if not self.force and is_done(
            self.url, company.company_id, as_of_date, version
        ):
            measure(self.url, company.company_id)
            console.print("  [green]✓[/green] Nothing changed since the last run")
            return False
        with recorded_run(self.url, company.company_id, as_of_date, version):
            config = {"as_of_date": as_of_date.isoformat()}
            self._materialise(
                company, config, "Building the marts (dbt)", BELOW_PREDICTIONS
            )
            with self._reporting_follows(company, config):
                self._materialise(
                    company,
                    config,
                    "Predicting customers, channels and budgets",
                    ("ml_",),
                    {"customer_value": {"accept_changes": self.accept_changes}},
                )
        return True

    def tell(self, company: Company) -> None:
        """Look at the company's alert rules and tell people. Never fails: it warns."""
        try:
            with self._quiet():
                dispatcher = Dispatcher(self.url, self.settings, _metrics())
                dispatcher.dispatch(company, datetime.now(UTC))
        # Whatever it is, the run has its result, which nobody may lose by it.
        except Exception as failure:
            reason = escape(str(failure).strip() or type(failure).__name__)
            console.print(f"  [yellow]![/yellow] Alerts were not looked at: {reason}")

    @contextlib.contextmanager
    def _reporting_follows(
        self, company: Company, config: dict[str, str]
    ) -> Iterator[None]:
        arguments = (company, config, "Publishing to reporting", ("dbt_reporting",))
        try:
            yield
        except PhaseFailed as gate:
            try:
                self._materialise(*arguments)
            except PhaseFailed as failure:
                raise PhaseFailed(f"{gate}\n{failure}") from gate
            raise
        self._materialise(*arguments)

    def _materialise(
        self,
        company: Company,
        config: dict[str, str],
        title: str,
        groups: tuple[str, ...],
        settings: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        """Run the assets of some groups; `settings` are those of ops, by name."""
        with step(title) as progress, listening(progress):
            day = company.last_complete_day(datetime.now(UTC))
            with open_instance(self.settings) as instance, self._quiet():
                job = _definitions().resolve_job_def("refresh_company")
                graph = _definitions().resolve_asset_graph()
                keys = [
                    key
                    for key in graph.get_all_asset_keys()
                    if graph.get(key).is_materializable
                    and (graph.get(key).group_name or "").startswith(groups)
                ]
                end_killed_runs(instance)
                instance.add_dynamic_partitions("companies", [company.company_id])
                result = job.execute_in_process(
                    instance=instance,
                    asset_selection=keys,
                    partition_key=partition_key(company.company_id, day),
                    tags=own_process_tag(),
                    run_config={
                        "resources": {"company_day": {"config": config}},
                        "ops": {
                            op: {"config": dict(values)}
                            for op, values in (settings or {}).items()
                        },
                    },
                    raise_on_error=False,
                )
            if not result.success:
                raise PhaseFailed(_reasons(result))

    @contextlib.contextmanager
    def _quiet(self) -> Iterator[None]:
        """Keep Dagster's and dbt's own chatter out of the terminal, in a log file."""
        log = self.settings.home / "run.log"
        log.touch(mode=0o600)
        with (
            log.open("a") as sink,
            contextlib.redirect_stdout(sink),
            contextlib.redirect_stderr(sink),
        ):
            yield


@cache
def _definitions() -> dg.Definitions:
    return definitions()


@cache
def _metrics() -> tuple[Metric, ...]:
    return tuple(read_metrics())


@cache
def _code_version() -> str:
    """Fingerprint of everything that turns raw rows into predictions."""
    digest = hashlib.sha256()
    for folder in (dbt_project.project_dir, PROJECT_ROOT / "ml_assets"):
        for file in sorted(folder.rglob("*")):
            is_source = file.suffix in {".sql", ".yml", ".csv", ".py"}
            if is_source and "target" not in file.parts:
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _reasons(result: dg.ExecuteInProcessResult) -> str:
    """What went wrong, in the best words there are.

    An asset that stops says why itself; a check that blocks says it in its
    description; anything else only has its exception.
    """
    told, checked, raised = [], [], []
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                told.append(data.user_failure_data.description)
            elif data.error:
                raised.append(_in_words((data.error.cause or data.error).message))
        elif event.event_type_value == "ASSET_CHECK_EVALUATION":
            check = event.asset_check_evaluation_data
            is_blocking = check.severity is dg.AssetCheckSeverity.ERROR
            if is_blocking and not check.passed and check.description:
                checked.append(check.description)
    reasons = told or checked or raised
    return "\n".join(reasons) or "The run failed without a reason; see run.log."


def _in_words(message: str) -> str:
    if dg.DagsterExecutionInterruptedError.__name__ in message:
        return "Stopped. Run it again: it goes on where it stopped."
    return message.strip()
