"""Files that differ from where this branch left main, committed or not."""

from __future__ import annotations

import subprocess
from pathlib import Path

__all__ = ["NoSuchBase", "changed_files", "merge_base"]

_MAINS = ("origin/main", "main")


class NoSuchBase(Exception):
    """There is nothing to compare with; name a commit with ``--base``."""


def merge_base(root: Path, base: str | None = None) -> str:
    """The commit this branch and main have in common.

    Raises
    ------
    NoSuchBase
        Where neither the given name nor a main branch is known to git.
    """
    for name in (base,) if base else _MAINS:
        done = _git(root, "merge-base", "HEAD", name)
        if done.returncode == 0:
            return done.stdout.strip()
    raise NoSuchBase(f"git knows no {base or ' or '.join(_MAINS)}; name a --base.")


def changed_files(root: Path, base: str) -> list[str]:
    """Paths that were added, changed or deleted since a commit, or are new."""
    changed = _git(root, "diff", "--name-only", "--no-renames", base).stdout
    untracked = _git(root, "ls-files", "--others", "--exclude-standard").stdout
    return sorted({*changed.splitlines(), *untracked.splitlines()})


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
