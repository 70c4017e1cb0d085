"""A migration that was on main stays as it was: homes that ran it never run it again.

``migrations.txt`` has a line for each in the order they run: number, the one before,
and the beginning of its SHA-256. Lines are only added, at the end: what is wrong with a
migration is mended by another one.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_FOLDER = Path(__file__).parents[4] / "orchestration" / "migrations" / "versions"
_LIST = Path(__file__).with_name("migrations.txt")
_REVISION = re.compile(r'^revision = "(\w+)"$', re.M)
_PARENT = re.compile(r'^down_revision(?:: \S+)? = (?:"(\w+)"|None)$', re.M)


def _lines() -> list[str]:
    """A line for each migration, in the order they run."""
    lines: dict[str | None, str] = {}
    for path in _FOLDER.glob("[0-9]*.py"):
        text = path.read_text()
        revision, parent = _REVISION.search(text), _PARENT.search(text)
        assert revision is not None, path.name
        assert parent is not None, path.name
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        assert parent[1] not in lines, f"two migrations follow {parent[1]}"
        lines[parent[1]] = f"{revision[1]} {parent[1] or '-'} {digest}"
    found, last = [], None
    while last in lines:
        found.append(lines[last])
        last = found[-1].split()[0]
    assert len(found) == len(lines)
    return found


def test_migrations_are_only_added_and_at_the_end() -> None:
    kept, found = _LIST.read_text().splitlines(), _lines()

    assert found[: len(kept)] == kept, "a migration that homes have run was changed"
    assert found[len(kept) :] == [], f"add these lines to {_LIST.name}"
