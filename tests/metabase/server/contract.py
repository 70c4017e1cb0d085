"""What a Metabase takes: the keys of every body, as its own source lists them.

The real server drops an unknown key in silence. Here it is refused, so that a typo
fails a test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Body = dict[str, Any]

_CONTRACT: dict[str, dict[str, list[str]]] = json.loads(
    Path(__file__).with_name("contract.json").read_text(encoding="utf-8")
)
DISPLAYS = frozenset(
    (
        *("table", "bar", "line", "area", "combo", "row", "scatter", "waterfall"),
        *("pie", "funnel", "gauge", "progress", "scalar", "smartscalar", "map"),
        *("object", "pivot", "sankey", "boxplot"),
    )
)
"""Charts that every supported version draws."""
_LACKS = "value must be a non-blank string."


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def check(name: str, body: Body) -> None:
    """Refuse a body with a key too many or too few."""
    known = _CONTRACT[name]
    missing = set(known["required"]) - set(body)
    unknown = set(body) - set(known["required"]) - set(known["optional"])
    if missing:
        lacks = ["missing required key, received: nil"]
        raise Refused(
            400,
            json.dumps(
                {
                    "specific-errors": dict.fromkeys(sorted(missing), lacks),
                    "errors": dict.fromkeys(sorted(missing), _LACKS),
                }
            ),
        )
    if unknown:
        raise Refused(400, f"{name}: unknown {sorted(unknown)}")


def copied(value: Any) -> Any:
    """A body that nobody shares; as fast as may be, for it is done at each request."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return type(value)([copied(item) for item in value])
    return value
