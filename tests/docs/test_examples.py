"""What a page shows as code runs, and prints what the page says it prints."""

import contextlib
import io
import re
from pathlib import Path

_PAGE = Path(__file__).parents[2] / "docs" / "models" / "customer-value.md"


def test_the_example_of_customer_value_prints_what_it_says() -> None:
    blocks = re.findall(r"```(\w*)\n(.*?)```", _PAGE.read_text(), re.DOTALL)
    (code,) = [text for language, text in blocks if language == "python"]
    (shown,) = [text for language, text in blocks if not language]

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, str(_PAGE), "exec"), {})

    assert printed.getvalue().startswith(shown.partition("…")[0].strip())
