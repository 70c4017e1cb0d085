"""Runs the tap: ``python -m taps.tap_google_ads --config config.json``."""

from taps.tap_google_ads.tap import TapGoogleAds


def main() -> None:
    """The ``tap-google-ads`` command."""
    TapGoogleAds.cli()


if __name__ == "__main__":
    main()
