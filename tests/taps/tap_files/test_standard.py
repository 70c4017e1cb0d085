"""The SDK's own tests for taps."""

from __future__ import annotations

from pathlib import Path

from singer_sdk.testing import get_tap_test_class

from taps.tap_files.tap import TapFiles

TestTapFiles = get_tap_test_class(
    TapFiles,
    config={
        "paths": [str(Path(__file__).parent / "examples")],
        "time_zone": "Europe/Madrid",
        "currency_code": "EUR",
    },
    parse_env_config=False,
)
