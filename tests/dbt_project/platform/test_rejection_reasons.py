"""Whatever the code says of a record it refuses has words in Spanish."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

from tests.dbt_project.test_seeds import rows_of
from tests.suite.each import check_each

ROOT = Path(__file__).parents[3]
FOLDERS = ("taps/tap_files", "taps/target_postgres", "orchestration/lib/ingestion")
FILES = sorted(
    [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]
    + [ROOT / "ml_assets/assets/saas/points_refused.py"]
)
RECORDS = "_all_records"
"""The function of CSV files that says what is wrong with a line's quotes."""
PLACES = {"RowRejected": 0, "Rejected": 1, "Row": 2, "Unreadable": 0}
PLACES |= {"RejectedRecordError": 0}
NAMED = ("flaw", "reason", "_TOO_EARLY", "_REASONS", "UNPRICED")
KINDS = rows_of("rejection_reasons")
Texts = dict[str, list[ast.expr]]


def texts(found: ast.expr | None, known: Texts) -> Iterator[str]:
    """What an expression may say; a value is 7, and a reason within is left out."""
    match found:
        case ast.Constant(value=str() as text) if text:
            yield text
        case ast.Name(id=name):
            for each in known.get(name, []):
                yield from texts(each, known)
        case ast.Dict(values=values) | ast.BoolOp(values=values):
            for each in values:
                yield from texts(each, known)
        case ast.IfExp(body=body, orelse=other):
            yield from texts(body, known)
            yield from texts(other, known)
        case ast.JoinedStr(values=parts):
            said = [[*texts(_value(part), known)] or ["7"] for part in parts]
            yield from map("".join, product(*said))


def _value(part: ast.expr) -> ast.expr:
    return part.value if isinstance(part, ast.FormattedValue) else part


def _pairs(goal: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match goal, value:
        case ast.Name(id=name), _:
            yield name, value
        case ast.Tuple(elts=goals), ast.Tuple(elts=values):
            for each in zip(goals, values, strict=True):
                yield from _pairs(*each)


def assigned(tree: ast.AST) -> Texts:
    """What names are given, by name."""
    found: Texts = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            goals = node.targets if isinstance(node, ast.Assign) else [node.target]
            for goal in goals:
                for name, value in _pairs(goal, node.value):
                    found.setdefault(name, []).append(value)
    return found


def reasons() -> Iterator[str]:
    """Every reason that stands in the code."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in FILES]
    shared = {
        name: values
        for tree in trees
        for name, values in assigned(tree).items()
        if name.isupper()
    }
    for tree in trees:
        for scope in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
            known = shared | assigned(scope)
            for value in known.get("problem", ()) if scope.name == RECORDS else ():
                yield from texts(value, known)
            for node in ast.walk(scope):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    at = PLACES.get(node.func.id)
                    if at is not None and len(node.args) > at:
                        yield from texts(node.args[at], known)
                elif isinstance(node, ast.Return) and scope.name == "_flaw":
                    yield from texts(node.value, known)
        for name, values in assigned(tree).items():
            if name in NAMED:
                for value in values:
                    yield from texts(value, shared)


def kinds_of(reason: str) -> list[str]:
    """The kinds that a reason is of, read as `reporting.quarantine_totals` reads it."""
    return [
        kind["reason_code"]
        for kind in KINDS
        if re.fullmatch(f"([a-z0-9_]+: )?{kind['pattern']}", reason)
    ]


@cache
def all_reasons() -> frozenset[str]:
    """The loader says "property 'x' is null"; "column: reason" is the reason again."""
    return frozenset(
        f"property '7' {reason}" if reason.startswith(("is ", "holds ")) else reason
        for reason in reasons()
        if not re.fullmatch(r"7: 7|property '7' 7|time_extracted 7|7", reason)
    )


def _is_of_one_kind(reason: str) -> None:
    assert len(kinds_of(reason)) == 1, kinds_of(reason)


def test_every_reason_is_of_one_kind() -> None:
    check_each({reason: reason for reason in sorted(all_reasons())}, _is_of_one_kind)


def test_no_kind_is_of_reasons_that_are_said_no_more() -> None:
    said = {code for reason in all_reasons() for code in kinds_of(reason)}

    assert {kind["reason_code"] for kind in KINDS} == said


def test_every_value_is_told_in_spanish_too() -> None:
    check_each({kind["reason_code"]: kind for kind in KINDS}, _tells_every_value)


def _tells_every_value(kind: dict[str, str]) -> None:
    values = re.compile(kind["pattern"]).groups
    told = re.findall(r"\\(\d)", kind["template_es"])

    assert sorted(map(int, told)) == [*range(2, values + 2)]
