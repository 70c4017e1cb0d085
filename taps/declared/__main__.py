"""Runs the tap of a source: ``python -m taps.declared SLUG --config config.json``."""

import sys

from taps.api_source.errors import SourceError
from taps.declared.tap import declared_tap
from taps.sources import declared_slugs


def main() -> None:
    """The ``tap-declared`` command."""
    slugs = declared_slugs()
    slug = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if slug not in slugs:
        sys.exit(f"ERROR: name a declared source: {', '.join(slugs)}.")
    try:
        tap = declared_tap(slug)
    except SourceError as error:
        sys.exit(f"ERROR: {error}")
    tap.cli()


if __name__ == "__main__":
    main()
