"""`python -m sandbox`: deliver the example files, or serve the emulated APIs."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from sandbox.clock import Clock
from sandbox.export import (
    DEFAULT_CUSTOMERS,
    DEFAULT_SEED,
    Delivery,
    deliver,
    export,
)
from sandbox.marketplace import files as marketplace_files
from sandbox.simulation import making

_NOON = time(12, tzinfo=UTC)
_DEFAULT_PORT = 8_600


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parsed = _parser().parse_args(arguments)
    code: int = parsed.run(parsed)
    return code


def _export(parsed: argparse.Namespace) -> int:
    return _report(
        export(parsed.directory, seed=parsed.seed, customers=parsed.customers)
    )


def _marketplace(parsed: argparse.Namespace) -> int:
    contents = marketplace_files.marketplace(
        users=parsed.users, days=parsed.days, seed=parsed.seed
    )
    return _report(
        [deliver(parsed.folder / name, text) for name, text in contents.items()]
    )


def _report(deliveries: Sequence[Delivery]) -> int:
    for delivery in deliveries:
        state = "written" if delivery.changed else "unchanged"
        sys.stdout.write(f"{state:9}  {delivery.path}\n")
    return 0


def _serve(parsed: argparse.Namespace) -> int:
    # Starlette and the emulators take a second to import; `export` need not wait.
    from sandbox.emulators import EMULATORS  # noqa: PLC0415
    from sandbox.server import PortTaken, serve  # noqa: PLC0415

    clock = Clock()
    if parsed.today:
        clock.follow_from(datetime.combine(parsed.today, _NOON))
    plan = making.WorldPlan(
        *(parsed.customers, parsed.seed),
        has_files=parsed.files,
        accounts=parsed.accounts,
    )
    world = making.open_world(plan, parsed.home, clock)
    try:
        serve(world, EMULATORS, parsed.port, ends_with_parent=parsed.exit_with_parent)
    except PortTaken as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="Example sources whose true answers are known.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_export(
        commands.add_parser(
            "export", help="write the files two example companies deliver"
        )
    )
    _add_marketplace(
        commands.add_parser(
            "marketplace", help="write the files of a simulated Chilean marketplace"
        )
    )
    _add_serve(commands.add_parser("serve", help="serve emulators of the source APIs"))
    return parser


def _add_export(deliver: argparse.ArgumentParser) -> None:
    deliver.set_defaults(run=_export)
    deliver.description = (
        "Writes cdnow/purchases.csv (the published CDNOW sample), "
        "tienda_norte/orders_export.csv and ad_spend.csv (a simulated shop) and "
        "truth.json (the true answers). The same seed writes the same bytes; a "
        "file that would not change is not touched."
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


def _add_marketplace(simulate: argparse.ArgumentParser) -> None:
    simulate.set_defaults(run=_marketplace)
    simulate.description = (
        "Writes users, carts, orders, order_items, payments, ratings and sessions of "
        "Plaza Servicios as CSV, and truth.json (the true answers). The same seed "
        "writes the same bytes; a file that would not change is not touched."
    )
    simulate.add_argument(
        "--folder", type=Path, required=True, help="made if it does not exist"
    )
    options = (
        ("--seed", marketplace_files.DEFAULT_SEED, "default: %(default)s"),
        ("--users", marketplace_files.DEFAULT_USERS, "who register; %(default)s"),
        ("--days", marketplace_files.DEFAULT_DAYS, "of history; %(default)s"),
    )
    for name, default, explained in options:
        simulate.add_argument(name, type=_positive, default=default, help=explained)


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.set_defaults(run=_serve)
    serve.description = (
        "Serves Shopify, Meta Ads, Google Ads, Search Console, weather and every "
        "declared source on 127.0.0.1 for its example companies. The first start "
        "makes their world and keeps it in a file; the first line of output says where "
        "the server is."
    )
    serve.add_argument("--home", type=Path, required=True, help="where worlds are kept")
    serve.add_argument(
        "--port",
        type=int,
        default=_DEFAULT_PORT,
        help="0 takes a free one, default: %(default)s",
    )
    serve.add_argument(
        "--customers",
        type=_positive,
        default=making.DEFAULT_CUSTOMERS,
        help="customers of each simulated company in two years, default: %(default)s",
    )
    serve.add_argument(
        "--seed", type=int, default=making.DEFAULT_SEED, help="default: %(default)s"
    )
    serve.add_argument(
        "--accounts",
        type=_positive,
        help="accounts of the subscription business, default: 1200 of a usual world",
    )
    serve.add_argument(
        "--today",
        type=date.fromisoformat,
        help="the sandbox's clock starts at noon (UTC) of this date, default: now",
    )
    serve.add_argument(
        "--no-files",
        dest="files",
        action="store_false",
        help="without the companies that deliver files, which take longest to make",
    )
    serve.add_argument(
        "--exit-with-parent",
        action="store_true",
        help="stop when standard input is closed",
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is below 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
