"""Runs the tap: ``python -m taps.tap_calendar --config config.json``."""

from taps.tap_calendar.tap import TapCalendar


def main() -> None:
    """The ``tap-calendar`` command."""
    TapCalendar.cli()


if __name__ == "__main__":
    main()
