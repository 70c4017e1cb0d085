"""The program, run as others run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.taps.tap_meta_ads.runs import ACCOUNT, SHOP, SOURCE, Meta


def run(meta: Meta, folder: Path, *arguments: str, **changes: Any) -> Any:
    config = folder / "config.json"
    config.write_text(json.dumps(meta.settings(**changes)))
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "taps.tap_meta_ads",
            "--config",
            str(config),
            *arguments,
        ],
        check=False,
        capture_output=True,
        text=True,
    )


def test_check_says_what_can_be_seen(meta: Meta, tmp_path: Path) -> None:
    done = run(meta, tmp_path, "--check", account_ids=None)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "account": f"Tienda Norte ({ACCOUNT})",
        "currency_code": "EUR",
        "time_zone": "Europe/Madrid",
        "currency_codes": ["EUR"],
        "time_zones": ["Europe/Madrid"],
        "scopes": ["ads_read", "business_management", "public_profile"],
        "history_from": "2026-11-01",
        "api_version": "v26.0",
        "warnings": [],
    }


def test_a_refused_token_is_one_line_without_the_token(
    meta: Meta, tmp_path: Path
) -> None:
    secret = meta.settings()["access_token"]
    meta.world.tokens.register(secret, SHOP.slug, SOURCE)
    meta.world.tokens.revoke(SHOP.slug, SOURCE)
    done = run(meta, tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ERROR: ad account")
    assert "Connect the source again" in done.stderr
    assert "Traceback" not in done.stderr
    assert secret not in done.stdout + done.stderr


def test_about_describes_every_setting(meta: Meta, tmp_path: Path) -> None:
    said = run(meta, tmp_path, "--about").stdout
    for name in meta.settings():
        assert name in said
    assert "lookback_days" in said
