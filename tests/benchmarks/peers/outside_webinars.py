"""The seed's random forests and groups, for an interpreter that has scikit-learn.

Asked by `tests.benchmarks.webinars` and `webinar_segments` (`answering` says how). A
question holds `x` and `y` of what is known, shape (rows, features) and (rows,), and
`now`, features of what is to be forecast. An answer has `said`, shape (rows,): people,
or probabilities; of people also `trees`, shape (trees, rows). Of groups a question
holds `x`, and the answer `labels`, shape (rows,), and `again`, shape (50, rows), by
groups of bootstrap samples.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.peers.answering import answer_questions

ATTENDANCE, CONVERSION = "random forest, attendance", "random forest, conversion"
SEGMENTS = "k-means, five"


def main() -> None:
    """Answer until nobody asks."""
    answer_questions(
        {
            ATTENDANCE: ("scikit-learn", attendance),
            CONVERSION: ("scikit-learn", conversion),
            SEGMENTS: ("scikit-learn", segments),
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


def segments(folder: Path) -> dict[str, Any]:
    """KMeans(n_clusters=5, random_state=42) of StandardScaler's numbers."""
    with np.load(folder / "question.npz") as asked:
        x = (
            import_module("sklearn.preprocessing")
            .StandardScaler()
            .fit_transform(asked["x"])
        )
    kmeans = import_module("sklearn.cluster").KMeans
    rng, again = np.random.default_rng(1), []
    for _ in range(50):
        drawn = x[rng.integers(0, len(x), len(x))]
        again.append(kmeans(n_clusters=5, random_state=42).fit(drawn).predict(x))
    labels = kmeans(n_clusters=5, random_state=42).fit(x).labels_
    return {"labels": labels, "again": np.array(again)}


if __name__ == "__main__":
    main()
