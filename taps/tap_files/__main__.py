"""Runs the tap: ``python -m taps.tap_files --config config.json``."""

from taps.tap_files.tap import TapFiles


def main() -> None:
    """The ``tap-files`` command."""
    TapFiles.cli()


if __name__ == "__main__":
    main()
