"""The dbt models, rebuilt for the company at hand and nobody else.

A run costs in proportion to what changed. Views show new rows by themselves, so they
are made when the project changed since they were last made in this database. Other runs
fill the marts. All tests run with a new project, every night, and with `timonel run
--force`; in between those of the marts do.
"""

import os
import shutil
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource, dbt_assets

from orchestration.defs.transformation.left_out import (
    is_without_standing,
    left_out_of,
    marts_left_out,
    refuse_changed,
    selectors_of,
    with_left_out,
)
from orchestration.lib.operations.brief_dagster import brief_dagster
from orchestration.lib.operations.dagster_home import is_of_a_command
from orchestration.lib.operations.run_tags import ALL_TESTS, NIGHTLY, RHYTHM
from orchestration.lib.operations.service_levels import measure
from orchestration.lib.reporting.shown_insights import remember_insights
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import libpq_environment, one_at_a_time
from orchestration.lib.warehouse.dbt import (
    RoomTranslator,
    current_manifest,
    dbt_project,
    keep_parsed,
    prepare_manifest,
    project_fingerprint,
    scope_environment,
)
from orchestration.lib.warehouse.dbt_relations import (
    are_all_there,
    as_of_dates,
    outgrown_marts,
    remember_built_from,
)
from orchestration.lib.warehouse.idle_marts import forget_builds
from orchestration.lib.warehouse.standing import are_standing
from orchestration.lib.warehouse.told_tests import told_plainly
from orchestration.lib.warehouse.warehouse import Warehouse

# Costs a look at file dates unless a model changed since the last load.
prepare_manifest()
brief_dagster()

_TRANSLATOR = RoomTranslator()

# The files that dbt would write of the whole project and look up of the whole database,
# a second of each command, and nobody reads.
_BRIEF = ("--no-write-json", "--cache-selected-only", "--log-level-file", "none")
# Unit tests judge the models, not the data: they run in the test suite.
_BUILD = ("build", "--exclude-resource-type", "unit_test")
_FULL_REFRESH = (*_BUILD, "--exclude-resource-type", "test", "--full-refresh")
# A test with one foot in a view and one in a mart stays: only the named are left out.
_NAMED_LEFT_OUT = (*_BUILD, "--indirect-selection", "empty", "--exclude")
_VIEWS = "config.materialized:view resource_type:seed"
_MARTS_ALL_TESTS = (*_NAMED_LEFT_OUT, _VIEWS)
_MARTS_ONLY = (
    *_NAMED_LEFT_OUT,
    f"{_VIEWS} path:seeds staging,test_type:generic intermediate,test_type:generic",
)
_TESTS = ("test", "--exclude-resource-type", "unit_test")
_TESTS_BELOW = (*_TESTS, "--exclude", "reporting")
_TESTS_OF_REPORTING = (*_TESTS, "--select", "reporting")
# What no check of Dagster's stands for is tested in every run.
_MARTS_UNCHECKED = (
    *(*_BUILD, "--indirect-selection", "empty"),
    *("--select", "marts,resource_type:model test_type:singular"),
)
# Dagster names models and checks where checks are left out, and forgets these.
_SINGULAR = ("--select", "test_type:singular")


@dbt_assets(
    manifest=dbt_project.manifest_path,
    exclude="reporting",
    dagster_dbt_translator=_TRANSLATOR,
    partitions_def=company_days,
    name="dbt_marts",
)
def dbt_marts(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    warehouse: Warehouse,
    company_day: CompanyDay,
) -> Iterator[Any]:
    """Staging, intermediate and marts, with their tests."""
    url, scope = warehouse.url(), _scope(context, company_day)
    with company_held(url, company_day.company_id(context)), one_at_a_time(url, "dbt"):
        if is_without_standing(context.run):
            refuse_changed(context, url, "staging")
            forget_builds(url, company_day.company_id(context), marts_left_out(context))
            yield from _stream(_cli_of_marts(dbt, url, scope, context))
        elif _is_unchanged(context, url, "staging"):
            yield from _unchanged(context, ("staging", "personal", "intermediate"))
            marts = _MARTS_ALL_TESTS if _has_all_tests(context.run) else _MARTS_ONLY
            idle = left_out_of(context, url, company_day)
            marts = (*marts[:-1], " ".join((marts[-1], *sorted(idle))))
            singular = _SINGULAR if _leaves_checks_out(context) else ()
            built = _stream(_cli(dbt, (*marts, *singular), url, scope, context))
            yield from with_left_out(context, idle, built)
        else:
            _rebuild_outgrown_marts(context, dbt, url, company_day)
            yield from _build(context, dbt, url, scope, "staging")
            if _leaves_checks_out(context):
                _wait(_cli(dbt, _TESTS_BELOW, url, scope))
        # What is in the marts can be read: the views on them stand already.
        measure(url, company_day.company_id(context))
        if not are_all_there(url, dbt_reporting.keys):
            # A first run that a gate blocks still needs a page to say so on.
            _wait(_cli(dbt, ("run", "--select", "reporting"), url, scope))


@dbt_assets(
    manifest=dbt_project.manifest_path,
    select="reporting",
    dagster_dbt_translator=_TRANSLATOR,
    partitions_def=company_days,
    name="dbt_reporting",
)
def dbt_reporting(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    warehouse: Warehouse,
    company_day: CompanyDay,
) -> Iterator[Any]:
    """The views that dashboards read."""
    url, scope = warehouse.url(), _scope(context, company_day)
    with company_held(url, company_day.company_id(context)), one_at_a_time(url, "dbt"):
        if is_without_standing(context.run):
            refuse_changed(context, url, "reporting")
            yield from _unchanged(context, ("reporting",))
        elif _is_unchanged(context, url, "reporting"):
            yield from _unchanged(context, ("reporting",))
            if _has_all_tests(context.run):
                yield from _stream(_cli(dbt, _TESTS, url, scope, context))
        else:
            yield from _build(context, dbt, url, scope, "reporting")
            if _leaves_checks_out(context):
                _wait(_cli(dbt, _TESTS_OF_REPORTING, url, scope))
        # From now on people read it.
        remember_insights(url, company_day.company_id(context))


def _cli_of_marts(
    dbt: DbtCliResource,
    url: str,
    scope: dict[str, str],
    context: dg.AssetExecutionContext,
) -> DbtCliInvocation:
    """Have dbt build the marts that a run without what stands is of.

    Told the context, dagster-dbt names each of them, and dbt looks through the whole
    project for each name: of a small company that took as long as building them.
    """
    left_out = selectors_of(current_manifest(), marts_left_out(context))
    exclude = ("--exclude", " ".join(left_out)) if left_out else ()
    invocation = _cli(dbt, (*_MARTS_UNCHECKED, *exclude), url, scope)
    # To tell which asset an event of dbt is of.
    invocation.manifest = dict(current_manifest())
    invocation.dagster_dbt_translator = _TRANSLATOR
    invocation.context = context
    return invocation


def _scope(
    context: dg.AssetExecutionContext, company_day: CompanyDay
) -> dict[str, str]:
    company_id = company_day.company_id(context)
    return scope_environment([company_id], {company_id: company_day.as_of(context)})


def _is_unchanged(context: dg.AssetExecutionContext, url: str, schema: str) -> bool:
    """Whether the views stand as the project would make them now.

    Never of a part: who asks for some assets gets these, whether or not it is needed.
    """
    return _is_whole(context) and are_standing(url, schema, context.assets_def.keys)


def _is_whole(context: dg.AssetExecutionContext) -> bool:
    """Whether all models were asked for, be it without all of their checks."""
    definition = context.assets_def
    asked_for, there_are = (
        definition.keys_by_output_name,
        definition.node_keys_by_output_name,
    )
    return bool(asked_for == there_are)


def _leaves_checks_out(context: dg.AssetExecutionContext) -> bool:
    return context.assets_def.is_subset and _is_whole(context)


def _has_all_tests(run: dg.DagsterRun) -> bool:
    """Whether the run is a night of the schedule, or was told to by `--force`."""
    is_night = run.tags.get(RHYTHM) == NIGHTLY and not is_of_a_command(run)
    return is_night or ALL_TESTS.keys() <= run.tags.keys()


def _unchanged(
    context: dg.AssetExecutionContext, schemas: Container[str]
) -> Iterator[dg.MaterializeResult[None]]:
    """Report what stands already: what reads an asset is skipped unless it is seen."""
    for key in TopologicalSorter(context.assets_def.asset_deps).static_order():
        if key in context.assets_def.keys and key.path[0] in schemas:
            yield dg.MaterializeResult(asset_key=key, metadata={"unchanged": True})


def _build(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    url: str,
    scope: dict[str, str],
    schema: str,
) -> Iterator[Any]:
    fingerprint = project_fingerprint()
    yield from _stream(_cli(dbt, _BUILD, url, scope, context))
    if _is_whole(context):
        remember_built_from(url, schema, fingerprint)


def _rebuild_outgrown_marts(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    url: str,
    company_day: CompanyDay,
) -> None:
    """Make the tables of an earlier version anew, with the rows of all companies.

    The whole project, because replacing a table drops the views on it. Each company
    keeps its date until its own next run.
    """
    outgrown = outgrown_marts(url)
    if not outgrown:
        return
    context.log.warning(
        f"The project changed and {', '.join(outgrown)} in the schema marts have other "
        "columns than before: all marts are rebuilt for all companies."
    )
    today = {company_day.company_id(context): company_day.as_of(context)}
    everyone = scope_environment(None, as_of_dates(url) | today)
    _wait(_cli(dbt, _FULL_REFRESH, url, everyone))


def _cli(
    dbt: DbtCliResource,
    arguments: Sequence[str],
    url: str,
    scope: dict[str, str],
    context: dg.AssetExecutionContext | None = None,
) -> DbtCliInvocation:
    # dbt is a process of its own and takes the connection from libpq's variables.
    with _environment(libpq_environment(url) | scope):
        return dbt.cli((*arguments, *_BRIEF), context=context)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _stream(invocation: DbtCliInvocation) -> Iterator[Any]:
    with told_plainly():
        yield from invocation.stream()
    _clean(invocation)


def _wait(invocation: DbtCliInvocation) -> None:
    with told_plainly():
        invocation.wait()
    _clean(invocation)


def _clean(invocation: DbtCliInvocation) -> None:
    """Drop the artefacts; after a failure they are kept, to look into."""
    keep_parsed(invocation.target_path)
    shutil.rmtree(invocation.target_path, ignore_errors=True)
