"""The SDK's own tests for taps."""

from __future__ import annotations

from pathlib import Path

from singer_sdk.testing import get_tap_test_class

from taps.tap_files.tap import TapFiles

EXAMPLES = Path(__file__).parent / "examples"

TestTapFiles = get_tap_test_class(
    TapFiles,
    config={
        "paths": sorted(str(domain) for domain in EXAMPLES.iterdir()),
        "time_zone": "Europe/Madrid",
        "currency_code": "EUR",
    },
    parse_env_config=False,
)
