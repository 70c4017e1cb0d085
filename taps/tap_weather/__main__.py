"""Runs the tap: ``python -m taps.tap_weather --config config.json``."""

from taps.tap_weather.tap import TapWeather


def main() -> None:
    """The ``tap-weather`` command."""
    TapWeather.cli()


if __name__ == "__main__":
    main()
