"""`python -m taps.sandbox export DIRECTORY`: deliver the example files."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from taps.sandbox.export import DEFAULT_CUSTOMERS, DEFAULT_SEED, export


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parsed = _parser().parse_args(arguments)
    for delivery in export(
        parsed.directory, seed=parsed.seed, customers=parsed.customers
    ):
        state = "written" if delivery.changed else "unchanged"
        sys.stdout.write(f"{state:9}  {delivery.path}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m taps.sandbox",
        description="Example sources whose true answers are known.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    deliver = commands.add_parser(
        "export",
        help="write the files two example companies deliver",
        description=(
            "Writes cdnow/purchases.csv (the published CDNOW sample), "
            "tienda_norte/orders_export.csv and ad_spend.csv (a simulated shop) and "
            "truth.json (the true answers). The same seed writes the same bytes; a "
            "file that would not change is not touched."
        ),
    )
    deliver.add_argument("directory", type=Path, help="made if it does not exist")
    deliver.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help="default: %(default)s"
    )
    deliver.add_argument(
        "--customers",
        type=_positive,
        default=DEFAULT_CUSTOMERS,
        help="customers of the simulated shop, default: %(default)s",
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not a number of customers")
    return number


if __name__ == "__main__":
    sys.exit(main())
