"""Plaza Servicios among the sandbox's companies: it is read from its files."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from sandbox.export import deliver
from sandbox.marketplace.files import marketplace

__all__ = ["PLAZA", "deliver_files", "offer"]

PLAZA: Final = "plaza"
_TRUTH: Final = "truth.json"


def deliver_files(
    world: Path, anchor: date, *, users: int, seed: int
) -> dict[str, Any]:
    """Write the files that belong to a world, up to the day before; their truth."""
    yesterday = anchor - timedelta(days=1)
    contents = marketplace(users=users, seed=seed, last_day=yesterday)
    truth: dict[str, Any] = json.loads(contents.pop(_TRUTH))[PLAZA]
    for name, text in contents.items():
        deliver(_folder(world) / name, text)
    return truth


def offer(world: Path, truth: dict[str, Any]) -> dict[str, Any]:
    """What somebody has to know to connect it, as of the sandbox's other companies."""
    return {
        "name": truth["name"],
        "currency_code": truth["currency_code"],
        "time_zone": truth["time_zone"],
        "connections": {
            "files": {
                "settings": {
                    "paths": [str(_folder(world).absolute())],
                    "name_prefix": f"{PLAZA}/",
                },
                "secrets": {},
            }
        },
    }


def _folder(world: Path) -> Path:
    """Beside the world's file and named like it: another world has other files."""
    return world.with_suffix("") / PLAZA
