"""The seed's random forests, for an interpreter that has scikit-learn.

Asked by `tests.benchmarks.webinars` (`answering` says how). A question holds `x` and
`y` of what is known, shape (rows, features) and (rows,), and `now`, features of what is
to be forecast. An answer has `said`, shape (rows,): people, or probabilities; of people
also `trees`, shape (trees, rows).
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.peers.answering import answer_questions

ATTENDANCE, CONVERSION = "random forest, attendance", "random forest, conversion"


def main() -> None:
    """Answer until nobody asks."""
    answer_questions(
        {
            ATTENDANCE: ("scikit-learn", attendance),
            CONVERSION: ("scikit-learn", conversion),
        }
    )


def attendance(folder: Path) -> dict[str, Any]:
    """RandomForestRegressor(n_estimators=100, max_depth=10, random_state=42)."""
    with np.load(folder / "question.npz") as asked:
        forest = import_module("sklearn.ensemble").RandomForestRegressor(
            n_estimators=100, max_depth=10, random_state=42
        )
        forest.fit(asked["x"], asked["y"])
        trees = [tree.predict(asked["now"]) for tree in forest.estimators_]
        return {"said": forest.predict(asked["now"]), "trees": np.array(trees)}


def conversion(folder: Path) -> dict[str, Any]:
    """RandomForestClassifier(n_estimators=100, max_depth=8, random_state=42)."""
    with np.load(folder / "question.npz") as asked:
        forest = import_module("sklearn.ensemble").RandomForestClassifier(
            n_estimators=100, max_depth=8, random_state=42
        )
        forest.fit(asked["x"], asked["y"])
        return {"said": forest.predict_proba(asked["now"])[:, 1]}


if __name__ == "__main__":
    main()
