"""Rows of declared sources that a world keeps for an account, instead of made-up ones.

Whose they are is said by the credential: a secret of the emulator with ``@`` and the
account behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sandbox.export import deliver

__all__ = ["has_account", "keep_rows", "kept_rows"]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
Row = tuple[datetime, Mapping[str, Any]]


def keep_rows(
    world: Path, account: str, source: str, stream: str, rows: Iterable[Row]
) -> None:
    """Keep the rows of a stream, each with its moment, oldest first."""
    lines = (
        json.dumps([moment.isoformat(), row], ensure_ascii=False)
        for moment, row in sorted(rows, key=lambda row: row[0])
    )
    text = "".join(f"{line}\n" for line in lines)
    deliver(_folder(world, account, source) / f"{stream}.jsonl", text)


def has_account(world: Path, account: str, source: str) -> bool:
    """Whether a world keeps anything of an account at a source."""
    is_name = _NAME.fullmatch(account) is not None
    return is_name and _folder(world, account, source).exists()


def kept_rows(
    world: Path, account: str, source: str, stream: str, now: datetime
) -> list[tuple[datetime, dict[str, Any]]]:
    """The rows of a stream that are there by now, oldest first; often none."""
    path = _folder(world, account, source) / f"{stream}.jsonl"
    if not path.exists():
        return []
    told = map(json.loads, path.read_text().splitlines())
    rows = [(datetime.fromisoformat(moment), row) for moment, row in told]
    return [(moment, row) for moment, row in rows if moment <= now]


def _folder(world: Path, account: str, source: str) -> Path:
    return world.with_suffix("") / "accounts" / account / source
