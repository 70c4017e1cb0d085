"""Runs the tap: ``python -m taps.tap_search_console --config config.json``."""

from taps.tap_search_console.tap import TapSearchConsole


def main() -> None:
    """The ``tap-search-console`` command."""
    TapSearchConsole.cli()


if __name__ == "__main__":
    main()
