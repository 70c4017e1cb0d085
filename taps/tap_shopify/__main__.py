"""Runs the tap: ``python -m taps.tap_shopify --config config.json``."""

from taps.tap_shopify.tap import TapShopify


def main() -> None:
    """The ``tap-shopify`` command."""
    TapShopify.cli()


if __name__ == "__main__":
    main()
