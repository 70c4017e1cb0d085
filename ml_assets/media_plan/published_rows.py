"""Gate: the rows of a mix keep the promises of their tables."""

from dataclasses import replace
from typing import Final

from ml_assets.media_plan.evaluation import MixTables, Verdict
from ml_assets.mmm.gates import GateResult
from ml_assets.sentences import Sentence
from ml_assets.suites import broken_promises

__all__ = ["with_rows_judged"]

_GATE: Final = "published_rows_in_range"
_TABLES: Final = (
    "marketing_curves",
    "marketing_contributions",
    "budget_grid",
    "budget_scenarios",
)


def with_rows_judged(verdict: Verdict, currency_code: str) -> Verdict:
    """The verdict with one gate more; blocked, and without tables, if rows break it.

    Observed is the number of promises that are broken. Without rows to publish there is
    nothing to judge.
    """
    if verdict.tables is None:
        return verdict
    broken = _broken(verdict.tables, currency_code)
    if not broken:
        message = Sentence(
            "published_rows_in_range.passed",
            "The rows to publish keep the promises of their tables.",
        )
        passed = GateResult(_GATE, "passed", 0.0, 0.0, message)
        return replace(verdict, gates=(*verdict.gates, passed))
    message = Sentence(
        "published_rows_in_range.blocked",
        "Rows that were to be published break what their tables promise ({broken:; }). "
        "This is a fault of the model, not of the data: report it with the fit's id. "
        "The last good mix stays.",
        broken=broken,
    )
    gate = GateResult(_GATE, "blocked", float(len(broken)), 0.0, message)
    gates = (*verdict.gates, gate)
    return replace(verdict, status="blocked", gates=gates, tables=None)


def _broken(tables: MixTables, currency_code: str) -> list[str]:
    found = []
    for name in _TABLES:
        rows = getattr(tables, name).assign(currency_code=currency_code)
        found += broken_promises(name, rows)
    return found
