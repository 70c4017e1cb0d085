"""What Dagster works out or reads once, by rules that are its own as ever."""

from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest
from alembic.script import ScriptDirectory
from dagster._core.definitions.assets.job.asset_layer import AssetLayer
from dagster.components.core import load_defs

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.brief_dagster import (
    no_components_described,
    one_day_is_no_range,
    tables_worked_out_once,
)
from orchestration.lib.operations.dagster_home import open_instance

DESCRIBE = load_defs.get_library_json_enriched_defs
NAMES = [f"t{number}" for number in range(12)]


def _step(order: list[str]) -> dg.AssetsDefinition:
    """Tables that are made one of the other, given out in an order."""
    specs = [
        dg.AssetSpec(name, deps=NAMES[:place][-1:], skippable=True)
        for place, name in enumerate(NAMES)
    ]

    @dg.multi_asset(specs=specs, can_subset=True)
    def tables(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None]]:
        wanted = {key.path[-1] for key in context.selected_asset_keys}
        for name in order:
            if name in wanted:
                yield dg.MaterializeResult(asset_key=name)

    return tables


def _made(result: dg.ExecuteInProcessResult) -> list[str]:
    events = result.get_asset_materialization_events()
    return [event.asset_key.path[-1] for event in events if event.asset_key]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Dagster works the tables of a step out from, each time it does."""
    tables_worked_out_once()
    work_out: Callable[..., object] = AssetLayer.get_selected_entity_keys_for_node
    seen: list[str] = []

    def counted(self: AssetLayer, node: object) -> object:
        seen.append(str(node))
        return work_out(self, node)

    monkeypatch.setattr(AssetLayer, "get_selected_entity_keys_for_node", counted)
    return seen


def test_time_of_a_step_does_not_grow_with_the_square_of_its_tables(
    asked: list[str],
) -> None:
    result = dg.materialize([_step(NAMES)])

    assert _made(result) == NAMES
    assert len(asked) < 5 * len(NAMES)


@pytest.mark.usefixtures("asked")
def test_a_table_before_what_it_is_made_of_is_refused() -> None:
    with pytest.raises(dg.DagsterInvariantViolationError, match="topological"):
        dg.materialize([_step(NAMES[::-1])])


@pytest.mark.usefixtures("asked")
def test_each_run_has_the_tables_that_were_asked_of_it() -> None:
    step = _step(NAMES)

    chosen = [_made(dg.materialize([step], selection=[name])) for name in NAMES[:3]]

    assert chosen == [["t0"], ["t1"], ["t2"]]
    assert _made(dg.materialize([step])) == NAMES


def test_a_day_of_a_company_is_itself_and_days_are_a_range(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    companies = dg.DynamicPartitionsDefinition(name="company")
    days = dg.DailyPartitionsDefinition("2026-01-01", "2026-02-01")
    both = dg.MultiPartitionsDefinition({"company": companies, "day": days})
    first, third = (
        dg.MultiPartitionKey({"company": "plaza", "day": f"2026-01-0{day}"})
        for day in (1, 3)
    )
    asked: list[str] = []
    has: Callable[..., bool] = dg.DagsterInstance.has_dynamic_partition

    def counted(self: dg.DagsterInstance, **question: str) -> bool:
        asked.append(question["partition_key"])
        return has(self, **question)

    @dg.asset(partitions_def=both)
    def table() -> None: ...

    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("company", ["plaza"])
        one, several = (
            dg.PartitionKeyRange(str(first), str(last)) for last in (first, third)
        )
        before = [
            list(both.get_partition_keys_in_range(span, instance))
            for span in (one, several)
        ]
        one_day_is_no_range()
        after = [
            list(both.get_partition_keys_in_range(span, instance))
            for span in (one, several)
        ]
        monkeypatch.setattr(dg.DagsterInstance, "has_dynamic_partition", counted)
        run = dg.materialize([table], partition_key=first, instance=instance)

    assert after == before
    assert [len(keys) for keys in after] == [1, 3]
    assert {type(key) for keys in after for key in keys} == {dg.MultiPartitionKey}
    # Whether there is such a company is asked when the run begins, and not of tables.
    assert (run.success, asked) == (True, ["plaza", "plaza"])


def test_what_is_loaded_is_the_same_without_kinds_of_components(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "some_project" / "defs"
    folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.dg]\ndirectory_type = "project"\n'
        '[tool.dg.project]\nroot_module = "some_project"\n'
    )
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").touch()
    (folder / "tables.py").write_text(
        "import dagster as dg\n@dg.asset\ndef orders() -> None: ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    def loaded() -> dg.Definitions:
        return dg.load_from_defs_folder(path_within_project=tmp_path)

    monkeypatch.setattr(load_defs, "get_library_json_enriched_defs", DESCRIBE)
    before = loaded()
    no_components_described()
    after = loaded()

    graphs = [each.resolve_asset_graph() for each in (before, after)]
    keys = [graph.get_all_asset_keys() for graph in graphs]
    assert keys[0] == keys[1] == {dg.AssetKey("orders")}
    assert (list(before.metadata), list(after.metadata)) == (
        ["plugin_component_types_json"],
        [],
    )


def test_migrations_of_the_stores_are_read_once_for_all_runs_and_homes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    load: Callable[..., Iterator[object]] = ScriptDirectory._load_revisions
    reads: list[str] = []

    def counted(self: ScriptDirectory) -> Iterator[object]:
        reads.append(str(self.dir))
        return load(self)

    monkeypatch.setattr(ScriptDirectory, "_load_revisions", counted)
    for home in ("one", "two"):
        with open_instance(Settings(tmp_path / home, "")) as instance:
            for _ in range(3):
                assert dg.materialize([_step(NAMES)], instance=instance).success

    # Of events, of runs, and of schedules.
    assert len(reads) <= 3
