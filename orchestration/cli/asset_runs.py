"""Run assets of one company in this process, and say what went wrong in words."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from types import MappingProxyType

import dagster as dg

from orchestration.cli.console import step
from orchestration.cli.stopping import stop_if_requested
from orchestration.definitions import defs as definitions
from orchestration.lib.core.progress import listening
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.raw_assets import READ_CHECK
from orchestration.lib.operations.dagster_home import (
    end_killed_runs,
    open_instance,
    own_process_tag,
)
from orchestration.lib.operations.run_retention import (
    forget_old_folders,
    forget_old_runs,
)
from orchestration.lib.operations.run_tags import ALL_TESTS, WITHOUT_STANDING
from orchestration.lib.operations.runs import RunFailed
from orchestration.lib.operations.scheduled_runs import failed_asset
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.tenancy.partitions import partition_key
from orchestration.lib.warehouse.dbt import dbt_project
from orchestration.lib.warehouse.server_errors import with_advice

__all__ = [
    "AssetRuns",
    "EmptySelection",
    "PhaseFailed",
    "SourceUnread",
    "asset_groups",
    "selected_keys",
]


class PhaseFailed(RunFailed):
    """A phase of a run did not succeed; the message is what Dagster was told."""

    @classmethod
    def of_all(cls, failures: Sequence[PhaseFailed]) -> PhaseFailed:
        """Several as one, with all their words, in the place of the worst.

        That is the first that stopped anything, if there is one.
        """
        stopped = (each for each in failures if not isinstance(each, SourceUnread))
        worst = next(stopped, failures[0])
        message = "\n".join(map(str, failures))
        return cls(message, worst.dagster_run_id, worst.failed_asset)


class SourceUnread(PhaseFailed):
    """A source could not be read; what landed before stays, and the rest goes on."""


class EmptySelection(ValueError):
    """A selection names no asset; the message says which names come near."""


@dataclass(frozen=True)
class AssetRuns:
    """Runs of the job `refresh_company` over a part of its assets.

    Parameters
    ----------
    settings
        Where runs are kept.
    has_all_tests
        Whether dbt tests everything, also what did not change.
    """

    settings: Settings
    has_all_tests: bool = False

    def of_groups(
        self,
        company: Company,
        config: dict[str, str],
        title: str,
        groups: Collection[str],
        settings: Mapping[str, Mapping[str, object]] | None = None,
        standing: Collection[dg.AssetKey] = (),
    ) -> None:
        """Run the assets of some groups.

        Parameters
        ----------
        settings
            Those of ops, by name.
        standing
            What is left out of the groups. So are the checks of the steps it is part
            of: one that is planned and then left out would stand as skipped in
            Dagster and hide what was found before.
        """
        with self.quiet():
            graph = _definitions().resolve_asset_graph()
        keys = {
            key
            for key in graph.get_all_asset_keys()
            if graph.get(key).is_materializable and graph.get(key).group_name in groups
        }
        left_out = keys & set(standing)
        checks = {
            check
            for check in graph.asset_check_keys
            if check.asset_key in keys
            and not left_out & graph.assets_def_for_key(check).keys
        }
        tags = WITHOUT_STANDING if left_out else {}
        self.of_keys(company, config, title, keys - left_out, settings, checks, tags)

    def of_keys(
        self,
        company: Company,
        config: dict[str, str],
        title: str,
        keys: Collection[dg.AssetKey],
        settings: Mapping[str, Mapping[str, object]] | None = None,
        checks: Set[dg.AssetCheckKey] | None = None,
        tags: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Run these assets, with all checks on them unless some are named.

        A step that fails stops those below it.

        Raises
        ------
        PhaseFailed
            Of it, SourceUnread if all that happened is that a source was not read.
        Stopped
            Somebody did; Dagster tells that as a run that failed.
        """
        with step(title) as progress, listening(progress):
            day = company.last_complete_day(datetime.now(UTC))
            with open_instance(self.settings) as instance, self.quiet():
                end_killed_runs(instance)
                # Where no daemon runs nobody else does.
                forget_old_runs(instance, datetime.now(UTC), limit=20)
                target = dbt_project.project_dir / "target"
                forget_old_folders(target, datetime.now(UTC))
                instance.add_dynamic_partitions("companies", [company.company_id])
                result = _part(
                    frozenset(keys), None if checks is None else frozenset(checks)
                ).execute_in_process(
                    instance=instance,
                    partition_key=partition_key(company.company_id, day),
                    tags=own_process_tag()
                    | dict(tags)
                    | (ALL_TESTS if self.has_all_tests else {}),
                    run_config={
                        "resources": {"company_day": {"config": config}},
                        "ops": {
                            op: {"config": dict(values)}
                            for op, values in (settings or {}).items()
                        },
                    },
                    raise_on_error=False,
                )
                failed = [event for event in result.all_events if event.is_step_failure]
                asset = failed_asset(instance, result.run_id, failed)
            stop_if_requested()
            if not result.success:
                raise PhaseFailed(_reasons(result), result.run_id, asset)
            if unread := _unread(result):
                said = "\n".join(check.description or "" for check in unread)
                asset = tuple(unread[0].asset_key.path)
                raise SourceUnread(said, result.run_id, asset)

    @contextlib.contextmanager
    def quiet(self) -> Iterator[None]:
        """Keep Dagster's and dbt's own chatter out of the terminal, in a log file."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
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


@lru_cache(maxsize=8)
def _part(
    keys: frozenset[dg.AssetKey], checks: frozenset[dg.AssetCheckKey] | None
) -> dg.JobDefinition:
    """The job over these assets: companies of one kind take the same phases."""
    whole = _definitions().resolve_job_def("refresh_company")
    return whole.get_subset(asset_selection=keys, asset_check_selection=checks)


def asset_groups() -> frozenset[str]:
    """The groups of all assets that a run can make."""
    graph = _definitions().resolve_asset_graph()
    keys = graph.materializable_asset_keys
    return frozenset(graph.get(key).group_name or "" for key in keys)


def selected_keys(selection: str) -> list[dg.AssetKey]:
    """The assets that a selection such as ``group:ml_clv`` or ``marts/orders+`` names.

    Raises
    ------
    EmptySelection
        It names none, or one that is not there.
    """
    graph = _definitions().resolve_asset_graph()
    materialisable = {
        key for key in graph.get_all_asset_keys() if graph.get(key).is_materializable
    }
    # Dagster refuses an unknown key, and finds nothing for an unknown group.
    with contextlib.suppress(dg.DagsterError):
        named = dg.AssetSelection.from_string(selection)
        # One table of several that a step writes together brings the others.
        found = named.required_multi_asset_neighbors().resolve(graph)
        if found & materialisable:
            return sorted(found & materialisable)
    names = {key.to_user_string() for key in materialisable}
    names |= {f"group:{graph.get(key).group_name}" for key in materialisable}
    names |= {key.path[-1] for key in materialisable}
    near = difflib.get_close_matches(selection.strip("+*"), sorted(names), n=3)
    suggestion = f"Did you mean {' or '.join(near)}?" if near else "An example:"
    raise EmptySelection(
        f"No asset is named {selection}. {suggestion} With --select, marts/orders+ is "
        "an asset with what follows from it, and group:ml_clv a model."
    )


def _unread(
    result: dg.ExecuteInProcessResult,
) -> list[dg.AssetCheckEvaluation]:
    return [
        check
        for check in result.get_asset_check_evaluations()
        if check.check_name == READ_CHECK and not check.passed
    ]


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
    return (
        with_advice("\n".join(reasons))
        or "The run failed without a reason; see run.log."
    )


def _in_words(message: str) -> str:
    if dg.DagsterExecutionInterruptedError.__name__ in message:
        return "Stopped. Run it again: it goes on where it stopped."
    return message.strip()
