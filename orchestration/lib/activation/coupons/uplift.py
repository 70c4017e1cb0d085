"""Which percentage is proven to pay: by margin, against who was kept back by lot."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

from psycopg.rows import class_row

from orchestration.lib.activation.coupons.refusals import CouponRefused
from orchestration.lib.warehouse.database import connect, has_relation

__all__ = ["proven_percent"]

_MOST_WRONG = 0.05


@dataclass(frozen=True)
class _Tried:
    """What a coupon brought; ``gained`` and its ``error`` in money of margin."""

    percent: Decimal
    gained: Decimal
    error: Decimal
    skewness: Decimal

    def is_above(self, quantile: float) -> bool:
        """Whether the gain is above nothing by this quantile of the normal.

        Skewness that widens is heeded (Cornish and Fisher, 1938), one that narrows is
        not: so far out its expansion proves too much.
        """
        wider = max(float(self.skewness), 0.0) * (quantile**2 - 1) / 6
        return float(self.gained) > (quantile + wider) * float(self.error)


def proven_percent(url: str, company_id: str) -> Decimal:
    """The smallest percentage of a coupon whose audience gained margin.

    By ``reporting.audience_uplift``, one-sided. Of n coupons whose gain is told each is
    allowed a share of 0.05 / n to be proven by chance (Bonferroni), so all together
    0.05: who tries twenty that do nothing finds none that "works".

    Raises
    ------
    CouponRefused
        The company has told no margin, or nothing is proven.
    """
    tried = _tried(url, company_id)
    if tried:
        quantile = NormalDist().inv_cdf(1 - _MOST_WRONG / len(tried))
        proven = [each.percent for each in tried if each.is_above(quantile)]
        if proven:
            return min(proven)
    if not _has_margin(url, company_id):
        raise CouponRefused("no_margin", company=company_id)
    raise CouponRefused("nothing_proven")


def _tried(url: str, company_id: str) -> list[_Tried]:
    with connect(url, "transformer") as database:
        if not has_relation(database, "reporting.audience_uplift"):
            return []
        with database.cursor(row_factory=class_row(_Tried)) as cursor:
            return cursor.execute(
                """select coupon_percent as percent, margin_gained as gained,
                    margin_error as error, margin_skewness as skewness
                from reporting.audience_uplift
                where company_id = %s and coupon_code is not null
                    and margin_gained is not null""",
                (company_id,),
            ).fetchall()


def _has_margin(url: str, company_id: str) -> bool:
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select gross_margin_rate is not null from ops.companies
            where company_id = %s""",
            (company_id,),
        ).fetchone()
    return row == (True,)
