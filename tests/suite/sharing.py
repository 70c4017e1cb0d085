"""Modules that go on from one dear installation run in one worker.

Each worker makes `predicted` (tests/end_to_end/conftest.py) for itself: two whole runs.
Where workers are few, one does the tests that need it, and makes it once.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

__all__ = ["SharingScheduling"]

_ROOT = Path(__file__).parents[2]
_NEEDS_IT = re.compile(r"\bpredicted(_timonel)?: ")
#: With more than these, others would wait for the one.
_FEW_WORKERS = 4


class SharingScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """By module, and as one module those that share."""

    @cached_property
    def _sharing(self) -> frozenset[str]:
        if len(self.config.option.tx) > _FEW_WORKERS:
            return frozenset()
        return frozenset(
            path.relative_to(_ROOT).as_posix()
            for path in (_ROOT / "tests" / "end_to_end").glob("test_*.py")
            if _NEEDS_IT.search(path.read_text())
        )

    def _split_scope(self, nodeid: str) -> str:
        scope = str(super()._split_scope(nodeid))
        return "tests that share `predicted`" if scope in self._sharing else scope


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Take it in the place of xdist's own, where that was asked for."""
    if config.getoption("dist") == "loadscope":
        return SharingScheduling(config, log)
    return None
