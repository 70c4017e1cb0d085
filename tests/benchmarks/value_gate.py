"""How often the gate of own intervals stops a sound shop, and finds a broken one.

``python -m tests.benchmarks.value_gate [--seeds 20] [--kinds "orders lost" ...]``:
shops of each kind of `tests.ml_assets.clv.shops`, whose truth is known.
"""

from __future__ import annotations

import argparse
from collections import Counter

from tests.ml_assets.clv.shops import BREAKS, SIZES, judged


def main() -> None:
    """Measure and print a line per kind and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--kinds", nargs="+", choices=list(BREAKS), default=[*BREAKS])
    arguments = parser.parse_args()
    print("| shop | customers | days | shops | passed | warned | blocked |")
    print("|---|---|---|---|---|---|---|")
    for kind in arguments.kinds:
        for size in SIZES:
            found: Counter[str] = Counter(
                judged(kind, seed, *size).outcome for seed in range(arguments.seeds)
            )
            told = (kind, *size, arguments.seeds)
            counts = (found[outcome] for outcome in ("passed", "warned", "blocked"))
            print("|", " | ".join(map(str, (*told, *counts))), "|", flush=True)


if __name__ == "__main__":
    main()
