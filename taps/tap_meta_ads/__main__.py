"""Runs the tap: ``python -m taps.tap_meta_ads --config config.json``."""

from taps.tap_meta_ads.tap import TapMetaAds


def main() -> None:
    """The ``tap-meta-ads`` command."""
    TapMetaAds.cli()


if __name__ == "__main__":
    main()
