"""Writes the example companies' files, and leaves unchanged ones alone."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sandbox import ad_spend, cdnow, shopify_orders, tienda_norte

__all__ = ["DEFAULT_CUSTOMERS", "DEFAULT_SEED", "Delivery", "deliver", "export"]
__all__ += ["files_folder"]

DEFAULT_SEED = 20240630
DEFAULT_CUSTOMERS = 3_000


@dataclass(frozen=True)
class Delivery:
    """One file, and whether its content changed."""

    path: Path
    changed: bool


def export(
    directory: Path, *, seed: int = DEFAULT_SEED, customers: int = DEFAULT_CUSTOMERS
) -> list[Delivery]:
    """Deliver both companies' files and truth.json below `directory`.

    Deterministic in `seed` and `customers`. A file whose bytes would be the same is
    not written, so its modification time stays and nothing is loaded again.
    """
    log = cdnow.purchase_log()
    # One stream of numbers per file: more customers must not change the ad spend.
    orders_rng, spend_rng = (
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(2)
    )
    orders = tienda_norte.simulate_orders(customers, orders_rng)
    truth = {"cdnow": cdnow.truth(log), "tienda_norte": tienda_norte.truth(orders)}
    contents = {
        "cdnow/purchases.csv": cdnow.purchases_csv(log),
        "tienda_norte/orders_export.csv": shopify_orders.orders_csv(orders),
        "tienda_norte/ad_spend.csv": ad_spend.ad_spend_csv(spend_rng),
        "truth.json": json.dumps(truth, indent=2, ensure_ascii=False) + "\n",
    }
    return [deliver(directory / name, text) for name, text in contents.items()]


def deliver(path: Path, text: str) -> Delivery:
    """Write a file whole, unless it is the same already."""
    content = text.encode()
    if path.exists() and path.read_bytes() == content:
        return Delivery(path, changed=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whoever reads meanwhile sees the old file or the new one, never half of it.
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    partial.replace(path)
    return Delivery(path, changed=True)


def files_folder(world: Path, slug: str) -> Path:
    """Beside the world's file and named like it: another world has other files."""
    return world.with_suffix("") / slug
