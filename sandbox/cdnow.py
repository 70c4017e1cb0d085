"""CDNOW: the purchase log that the BG/NBD paper was written on.

The 1/10 sample: 2,357 people who first bought in the first quarter of 1997, until
1998-06-30, as shipped in the lifetimes package (public data of Fader & Hardie).
"""

import csv
import importlib.util
import io
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Purchase", "purchase_log", "purchases_csv", "truth"]

_AS_OF = date(1997, 9, 30)
_HOLDOUT_END = date(1998, 6, 30)


class Purchase(NamedTuple):
    """One line of the log."""

    customer_id: str
    day: date
    amount: Decimal


def purchase_log() -> list[Purchase]:
    """The log as published, in its order.

    Raises
    ------
    FileNotFoundError
        When the lifetimes package is not installed, or came without its data.
    """
    # Found without being imported: its datasets module needs pkg_resources.
    spec = importlib.util.find_spec("lifetimes")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            "the lifetimes package is not installed: it carries the CDNOW log. Install "
            "the project's requirements."
        )
    path = Path(spec.origin).parent / "datasets" / "CDNOW_sample.txt"
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return [
        Purchase(customer, date.fromisoformat(day), Decimal(amount))
        for customer, _, day, _, amount in filter(None, lines)
    ]


def purchases_csv(log: list[Purchase]) -> str:
    """The log as a plain purchase log with ISO dates."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["customer_id", "date", "amount", "currency"])
    for customer_id, day, amount in log:
        writer.writerow([customer_id, day.isoformat(), f"{amount:.2f}", "USD"])
    return text.getvalue()


def truth(log: list[Purchase]) -> dict[str, Any]:
    """Published parameters and the log's own totals."""
    seen = [purchase for purchase in log if purchase.day <= _AS_OF]
    days = {(purchase.customer_id, purchase.day) for purchase in log}
    days_seen = {pair for pair in days if pair[1] <= _AS_OF}
    per_customer = Counter(customer for customer, _ in days_seen)
    return {
        "source": "Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284; "
        "Fader & Hardie (2013), brucehardie.com/notes/025; to four decimals as "
        "refitted with lifetimes 0.11.3 and R BTYD 2.4.3",
        "is_published": True,
        "as_of_date": _AS_OF.isoformat(),
        "currency_code": "USD",
        "bg_nbd": {
            "time_unit": "weeks",
            "days_per_time_unit": 7,
            "parameters": {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259},
            "log_likelihood": -9582.4,
        },
        "gamma_gamma": {
            "parameters": {"p": 6.2496, "q": 3.7442, "v": 15.4435},
            "customer_count": 946,
            "published_of": "repeats",
        },
        "totals": {
            "row_count": len(log),
            "amount": _total(log),
            "as_of": {
                "order_count": len(seen),
                "net_revenue": _total(seen),
                "customer_count": len(per_customer),
                "repeat_customer_count": sum(n > 1 for n in per_customer.values()),
                "repeat_purchase_day_count": len(days_seen) - len(per_customer),
            },
        },
        "holdout": {
            "end_date": _HOLDOUT_END.isoformat(),
            "days": (_HOLDOUT_END - _AS_OF).days,
            "repeat_purchase_day_count": len(days) - len(days_seen),
        },
    }


def _total(log: list[Purchase]) -> str:
    return f"{sum((purchase.amount for purchase in log), Decimal(0)):.2f}"
