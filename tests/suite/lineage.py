"""Which dbt models are built from which, read from the SQL without running dbt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Lineage"]

_REF = re.compile(r"""ref\(\s*['"](\w+)['"]""")
_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)")


@dataclass(frozen=True)
class Lineage:
    """Text of each model and macro file, by name."""

    models: dict[str, str]
    macros: dict[str, str]

    @classmethod
    def read(cls, project: Path) -> Lineage:
        """Read a dbt project's folder."""
        return cls(_texts(project / "models"), _texts(project / "macros"))

    def downstream(self, names: Iterable[str]) -> dict[str, int]:
        """The models themselves and all that are built from them, with the distance."""
        found = dict.fromkeys(names, 0)
        waiting = list(found)
        for name in waiting:
            for model, text in self.models.items():
                if model not in found and name in _REF.findall(text):
                    found[model] = found[name] + 1
                    waiting.append(model)
        return found

    def read_by(self, file: Path) -> set[str]:
        """Models that a data test reads."""
        return set(_REF.findall(file.read_text())) if file.exists() else set()

    def callers(self, macro_file: str) -> set[str]:
        """Models that call a macro of the file, itself or through other macros."""
        names = set(_MACRO.findall(self.macros.get(macro_file, "")))
        while True:
            through = {
                name
                for text in self.macros.values()
                if _calls(text, names)
                for name in _MACRO.findall(text)
            }
            if through <= names:
                break
            names |= through
        return {model for model, text in self.models.items() if _calls(text, names)}


def _texts(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text() for path in sorted(folder.rglob("*.sql"))}


def _calls(text: str, macros: Iterable[str]) -> bool:
    return any(re.search(rf"\b{name}\s*\(", text) for name in macros)
