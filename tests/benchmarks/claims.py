"""How often the gates let a sure and wrong claim pass, and stop a sound company.

``python -m tests.benchmarks.claims [--seeds 20] [--kinds follower many ...]``:
companies of each kind of `tests.ml_assets.media_plan.claims`, whose truth is known.
"""

from __future__ import annotations

import argparse
from collections import Counter

from tests.ml_assets.media_plan.claims import KINDS, judged


def main() -> None:
    """Measure and print a line per kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    arguments = parser.parse_args()
    print(
        "| kind | companies | blocked | warned | sure and wrong | of these published |"
    )
    print("|---|---|---|---|---|---|")
    for kind in arguments.kinds:
        seeds = range(arguments.first, arguments.first + arguments.seeds)
        found = [judged(kind, seed) for seed in seeds]
        blocked = Counter(gate for one in found for gate in one.blocked)
        wrong = sum(one.is_wrong for one in found)
        published = sum(one.is_published_and_wrong for one in found)
        why = ", ".join(f"{gate} {count}" for gate, count in blocked.items())
        print(
            f"| {kind} | {len(found)} | {sum(bool(one.blocked) for one in found)}"
            f"{f' ({why})' if why else ''} | {sum(bool(one.warned) for one in found)} "
            f"| {wrong} | {published} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
