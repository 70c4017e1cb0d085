"""Whatever a tap raises has a kind of error, which says it in Spanish."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.dbt_project.test_seeds import rows_of
from tests.suite.each import check_each

TAPS = Path(__file__).parents[3] / "taps"
KINDS = sorted(
    rows_of("connection_error_kinds"), key=lambda kind: int(kind["kind_rank"])
)
SETTINGS = {"setting", "source_changed"}
MEANT = {
    "AccessDenied": {"no_access", "no_such_shop", "shop_inactive", *SETTINGS},
    "RateLimited": {"asked_to_wait"},
    "NoAnswer": {"no_answer"},
    "TokenExpired": {"no_access"},
    "TooMuchData": {"too_much"},
    "Damaged": {"counts_differ", "incomplete"},
    "FileError": {
        "rows_unreadable",
        "file_refused",
        *(kind["error_kind"] for kind in KINDS if kind["error_kind"][:5] == "file_"),
    },
}
"""Which kinds the errors of a class may be of."""


def text(node: ast.expr | None) -> str | None:
    """What is written there, with 7 for values; None where another place says it."""
    match node:
        case ast.Constant(value=str() as said):
            return said
        case ast.JoinedStr(values=parts):
            return "".join(text(part) or "7" for part in parts)
    return None


def raised() -> Iterator[tuple[str, str]]:
    """The class and message of every error that the taps write out."""
    for file in TAPS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            name = node.func.id
            if name not in MEANT:
                continue
            at = 1 if name == "FileError" else 0
            said = text(node.args[at]) if len(node.args) > at else None
            remedy = [
                text(each.value) for each in node.keywords if each.arg == "remedy"
            ]
            if said is not None and said.strip("7"):
                source = "files" if name == "FileError" else "shop"
                yield name, f"{source}: {said}. {''.join(filter(None, remedy))}"


def kind_of(message: str) -> str:
    """The kind, as `reporting.connector_health` finds it."""
    return next(k["error_kind"] for k in KINDS if re.search(k["pattern"], message))


def test_an_error_is_told_as_what_it_is() -> None:
    check_each({": ".join(one): one for one in sorted(set(raised()))}, _is_as_meant)


def _is_as_meant(error: tuple[str, str]) -> None:
    name, message = error
    assert kind_of(message) in MEANT[name]


def test_an_error_without_words_of_its_own_is_told_all_the_same() -> None:
    assert kind_of("shop: ?") == "other"
    assert KINDS[-1]["error_kind"] == "other"


def test_every_value_told_is_one_of_the_pattern() -> None:
    check_each({kind["error_kind"]: kind for kind in KINDS}, _tells_of_the_pattern)


def _tells_of_the_pattern(kind: dict[str, str]) -> None:
    told = {int(number) for number in re.findall(r"\\(\d)", kind["template_es"])}

    assert max(told, default=0) <= re.compile(kind["pattern"]).groups
