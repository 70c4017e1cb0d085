"""What the tests cost: CPU and wall seconds by folder and module (``--costs``).

Each worker reads the clock where one module ends and the next begins, so a module's
fixtures count as its own. Collection and imports have a row of their own. The figures
of the last run are kept in `.cache/tests/costs.json`; the next one begins with the
dearest modules, so that no worker waits for another at the end.

``python -m tests.suite.costs`` writes them into `tests/budget.toml`, to plan by in a
fresh clone.
"""

from __future__ import annotations

import json
import os
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from tests.suite.processes_cpu import cpu_seconds, server_seconds, watch_server

__all__ = ["Cost", "Costs", "budget_warnings", "by_folder", "recorded_costs"]

ROOT = Path(__file__).parents[2]
BUDGET = ROOT / "tests" / "budget.toml"
RECORD = ROOT / ".cache" / "tests" / "costs.json"

#: Not a module: what passes before the first test.
START = "(imports and collection)"
_DEAREST = 10
_TOLERANCE = 1.1
#: CPU seconds a folder without a budget is thought to take.
_UNKNOWN = 60.0
_KEY = pytest.StashKey["Meter"]()
_SUM = pytest.StashKey["Costs"]()


@dataclass(frozen=True)
class Cost:
    """Seconds, and how many tests took them."""

    cpu: float = 0.0
    wall: float = 0.0
    tests: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.cpu + other.cpu, self.wall + other.wall, self.tests + other.tests
        )


Costs = dict[str, Cost]


@dataclass
class Meter:
    """Reads the clocks at the seams between modules."""

    costs: Costs = field(default_factory=dict)
    tests: int = 0
    cpu: float = 0.0
    wall: float = field(default_factory=time.perf_counter)

    def seam(self, name: str) -> None:
        """Put what has passed since the last seam down to a module."""
        cpu, wall = cpu_seconds(), time.perf_counter()
        # A child nobody waited for takes its seconds with it: never count below none.
        passed = Cost(max(0.0, cpu - self.cpu), wall - self.wall, self.tests)
        self.costs[name] = self.costs.get(name, Cost()) + passed
        self.cpu, self.wall, self.tests = cpu, wall, 0


# -- hooks of pytest -----------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--costs", action="store_true", help="print CPU and wall seconds by folder"
    )


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--costs"):
        return
    config.stash[_KEY] = Meter()
    config.stash[_SUM] = {}
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(_Controller(config), "costs-controller")
    if not _is_controller(config):
        _watch_embedded_servers(config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Dearest modules first; the same order in every worker."""
    known: dict[str, float] | None = getattr(config, "workerinput", {}).get("costs")
    if known is not None:
        items.sort(key=lambda item: -known.get(_module(item), 0.0))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, Any, Any]:
    meter = item.config.stash.get(_KEY, None)
    if meter is None:
        return (yield)
    if not meter.costs:
        meter.seam(START)
    meter.tests += 1
    result = yield
    if nextitem is None or _module(nextitem) != _module(item):
        meter.seam(_module(item))
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if _KEY not in config.stash:
        return
    meter, output = config.stash[_KEY], getattr(config, "workeroutput", None)
    if output is not None:
        output["costs"] = _plain(meter.costs)
    elif _is_controller(config):
        seconds = sum(os.times()[:2])
        _add(config.stash[_SUM], {START: Cost(seconds)})
    else:
        _add(config.stash[_SUM], meter.costs)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    costs = config.stash.get(_SUM, {})
    if not costs:
        return
    terminalreporter.section("costs")
    for line in table(costs, time.perf_counter() - config.stash[_KEY].wall):
        terminalreporter.write_line(line)
    for warning in budget_warnings(by_folder(costs), _budget()["folders"]):
        terminalreporter.write_line(warning, yellow=True)
    _remember(costs)


class _Controller:
    """What the process that only distributes the tests does."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_configure_node(self, node: Any) -> None:
        # Told, not read by each: all must put the tests into one order.
        if not hasattr(self, "_known"):
            self._known = {name: cost.cpu for name, cost in recorded_costs().items()}
        node.workerinput["costs"] = self._known

    def pytest_testnodedown(self, node: Any) -> None:
        told: dict[str, tuple[float, float, int]] = getattr(
            node, "workeroutput", {}
        ).get("costs", {})
        _add(
            self._config.stash[_SUM], {name: Cost(*cost) for name, cost in told.items()}
        )


# -- sums and sentences --------------------------------------------------------


def by_folder(costs: Mapping[str, Cost]) -> Costs:
    """The same seconds by folder below `tests`."""
    sums: Costs = defaultdict(Cost)
    for module, cost in costs.items():
        sums[folder_of(module)] += cost
    return dict(sums)


def folder_of(module: str) -> str:
    """`tests/taps` of `tests/taps/tap_files/test_formats.py`."""
    parts = PurePosixPath(module).parts
    return module if module == START else "/".join(parts[: min(2, len(parts) - 1)])


def table(costs: Mapping[str, Cost], wall: float) -> list[str]:
    """Lines: by folder, the dearest modules, the sum."""
    folders = sorted(by_folder(costs).items(), key=_dearest_first)
    modules = [pair for pair in costs.items() if pair[0] != START]
    dearest = sorted(modules, key=_dearest_first)[:_DEAREST]
    total = sum(costs.values(), Cost())
    return [
        f"{'tests':>7} {'CPU s':>8} {'wall s':>8}  folder",
        *(_line(name, cost) for name, cost in folders),
        f"{'':>24}  the {len(dearest)} dearest modules",
        *(_line(name, cost) for name, cost in dearest),
        f"total: {total.tests} tests, {total.cpu:.0f} CPU seconds, "
        f"{wall:.0f} seconds on the clock",
    ]


def budget_warnings(
    folders: Mapping[str, Cost], budget: Mapping[str, float]
) -> list[str]:
    """A sentence for each folder more than a tenth above its budget."""
    return [
        f"over budget: {name} took {cost.cpu:.0f} CPU seconds of {budget[name]:.0f} "
        f"(tests/budget.toml)"
        for name, cost in sorted(folders.items())
        if name in budget and cost.cpu > budget[name] * _TOLERANCE
    ]


def _line(name: str, cost: Cost) -> str:
    return f"{cost.tests:>7} {cost.cpu:>8.1f} {cost.wall:>8.1f}  {name}"


def _dearest_first(pair: tuple[str, Cost]) -> float:
    return -pair[1].cpu


def _add(into: Costs, costs: Mapping[str, Cost]) -> None:
    for name, cost in costs.items():
        into[name] = into.get(name, Cost()) + cost


# -- what is kept --------------------------------------------------------------


def recorded_costs(record: Path = RECORD, budget: Path = BUDGET) -> Costs:
    """Cost of each module when it last ran, here or where the budget was written."""
    planned: dict[str, float] = _budget(budget)["modules"]
    costs = {name: Cost(cpu, cpu) for name, cpu in planned.items()}
    return costs | _read(record)


def estimated_costs(modules: Iterable[str], budget: Path = BUDGET) -> dict[str, float]:
    """CPU seconds of each module: as recorded, or an equal part of its folder's."""
    known, names = recorded_costs(budget=budget), list(modules)
    folders: dict[str, float] = _budget(budget)["folders"]
    sizes = Counter(map(folder_of, names))
    return {
        name: known[name].cpu
        if name in known
        else folders.get(folder_of(name), _UNKNOWN) / sizes[folder_of(name)]
        for name in names
    }


def _read(record: Path) -> Costs:
    try:
        told = json.loads(record.read_text())
        return {name: Cost(*cost) for name, cost in told.items()}
    except (OSError, ValueError, TypeError):
        # A record only orders and estimates: without one the budget's figures do.
        return {}


def _remember(costs: Mapping[str, Cost], record: Path = RECORD) -> None:
    """Keep the cost of modules of which as many tests ran as ever before."""
    kept = _read(record)
    for name, cost in costs.items():
        if name != START and cost.tests >= kept.get(name, Cost()).tests:
            kept[name] = cost
    record.parent.mkdir(parents=True, exist_ok=True)
    unfinished = record.with_name(f"{record.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(_plain(kept)))
    unfinished.replace(record)


def _plain(costs: Mapping[str, Cost]) -> dict[str, tuple[float, float, int]]:
    return {name: (cost.cpu, cost.wall, cost.tests) for name, cost in costs.items()}


def _budget(path: Path = BUDGET) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def write_modules(path: Path = BUDGET) -> None:
    """Write the recorded costs of today's modules into the budget."""
    text, mark = path.read_text(), "[modules]\n"
    costs = {
        name: cost.cpu
        for name, cost in sorted(recorded_costs().items())
        if (ROOT / name).exists()
    }
    lines: Iterable[str] = (f'"{name}" = {cpu:.1f}\n' for name, cpu in costs.items())
    path.write_text(text.partition(mark)[0] + mark + "".join(lines))


# -- which process, which servers ----------------------------------------------


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _is_controller(config: pytest.Config) -> bool:
    return getattr(config.option, "dist", "no") != "no" and not hasattr(
        config, "workerinput"
    )


def _watch_embedded_servers(config: pytest.Config) -> None:
    """Count every embedded server this process launches, until it stops it."""
    patch = pytest.MonkeyPatch()
    launch, stop = EmbeddedPostgres._launch, EmbeddedPostgres.stop

    def watched_launch(self: EmbeddedPostgres) -> None:
        launch(self)
        if process_id := self._pid():
            watch_server(process_id)

    def read_before_stop(self: EmbeddedPostgres) -> bool:
        server_seconds()
        return stop(self)

    patch.setattr(EmbeddedPostgres, "_launch", watched_launch)
    patch.setattr(EmbeddedPostgres, "stop", read_before_stop)
    config.add_cleanup(patch.undo)


if __name__ == "__main__":
    write_modules()
