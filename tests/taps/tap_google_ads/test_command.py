"""The program, run as others run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.taps.tap_google_ads.runs import CUSTOMER, SHOP, SOURCE, Google


def run(google: Google, folder: Path, *arguments: str, **changes: Any) -> Any:
    config = folder / "config.json"
    config.write_text(json.dumps(google.settings(**changes)))
    command = [sys.executable, "-m", "taps.tap_google_ads", "--config", str(config)]
    return subprocess.run(
        [*command, *arguments], check=False, capture_output=True, text=True
    )


def test_check_says_what_can_be_seen(google: Google, tmp_path: Path) -> None:
    done = run(google, tmp_path, "--check", customer_ids=None)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "account": f"Tienda Norte ({CUSTOMER})",
        "currency_code": "EUR",
        "time_zone": "Europe/Madrid",
        "currency_codes": ["EUR"],
        "time_zones": ["Europe/Madrid"],
        "scopes": ["https://www.googleapis.com/auth/adwords"],
        "history_from": "2026-11-01",
        "api_version": "v26",
        "warnings": [],
    }


def test_a_revoked_grant_is_one_line_without_secrets(
    google: Google, tmp_path: Path
) -> None:
    google.world.tokens.revoke(SHOP.slug, SOURCE)
    done = run(google, tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ERROR: access token")
    assert "Traceback" not in done.stderr
    for name in ("client_secret", "refresh_token"):
        assert google.settings()[name] not in done.stdout + done.stderr


def test_about_describes_every_setting(google: Google, tmp_path: Path) -> None:
    said = run(google, tmp_path, "--about").stdout
    for name in (*google.settings(), "skip_customer_ids", "developer_token"):
        assert name in said
