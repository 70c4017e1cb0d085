"""What a command loads before it does anything."""

from __future__ import annotations

import subprocess
import sys

_LOADED = (
    "import sys, metabase.cli; "
    "print({'altair', 'vl_convert', 'typst'} & set(sys.modules))"
)


def test_who_checks_or_applies_does_not_wait_for_what_draws() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True
    )

    assert done.stdout == "set()\n"
