"""What a page shows as code runs, and prints what the page says it prints."""

import contextlib
import io
import re
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

_PAGES = Path(__file__).parents[2] / "docs" / "models"


def test_the_example_of_customer_value_prints_what_it_says() -> None:
    code, shown = _example("customer-value.md")

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})

    assert printed.getvalue().startswith(shown.partition("…")[0].strip())


def test_the_example_of_the_media_mix_plans_the_whole_budget() -> None:
    code, _ = _example("media-mix.md")

    names: dict[str, Any] = {}
    exec(code, names)

    assert names["plan"].plan["recommended"].sum() == pytest.approx(16_000)


def test_the_example_of_attribution_prints_what_it_says() -> None:
    code, shown = _example("attribution.md")

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})

    assert printed.getvalue() == shown


def _example(page: str) -> tuple[CodeType, str]:
    """The page's Python, and the first thing it shows without naming a language."""
    text = (_PAGES / page).read_text()
    blocks = re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL)
    (code,) = [block for language, block in blocks if language == "python"]
    shown = [block for language, block in blocks if not language]
    return compile(code, page, "exec"), shown[0] if shown else ""
