"""Accounts by how they behave, as a file for whoever writes to them or calls.

Accounts are no people: no address is in the file, and who of an account agreed to be
written to is told by the system that knows its people. A company's own domain is no
address; one of a public mail service, or of two accounts, is left out. A tenth is kept
back by lot, so that an effect can be told; the lot is the order of SHA-256, and of each
account stays.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from psycopg.rows import class_row

from orchestration.lib.activation.audiences.exports import write_rows
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.spreadsheet_cells import text_cell
from orchestration.lib.warehouse.database import connect, has_relation

__all__ = ["AccountList", "AccountsRefused", "AccountsRequest", "export_accounts"]

_COLUMNS = (
    *("account_id", "account_name", "email_domain", "cs_manager", "segment"),
    "mrr_amount",
)


class AccountsRefused(PlainError, LookupError):
    """There is no such list; the message says which there are."""


@dataclass(frozen=True)
class AccountList:
    """How many accounts of a segment were written, and how many were not.

    ``kept_back_count`` were drawn, by this lot or by that of the queue.
    """

    row_count: int
    kept_back_count: int


@dataclass(frozen=True)
class AccountsRequest:
    """What somebody wants as a file.

    Parameters
    ----------
    segment
        As `reporting.segments_by_account` has it: new, at_risk, power, casual.
    holdout_share
        Part (0-0.5) that is kept back. Whom the queue only watches is as well.
    is_holdout
        Those kept back instead of those to write to.
    """

    company_id: str
    segment: str
    holdout_share: Decimal
    is_holdout: bool = False


@dataclass(frozen=True)
class _Account:
    account_id: str
    account_name: str
    email_domain: str | None
    cs_manager: str | None
    segment: str
    mrr_amount: Decimal
    is_watched: bool

    def is_drawn(self, company_id: str, share: Decimal) -> bool:
        """Whether its place in the lot, even from 0 to 1, is below the share."""
        text = f"accounts/{company_id}/{self.account_id}"
        place = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        return place < share * 2**64

    def cells(self) -> list[str]:
        """A row; a spreadsheet computes none of what somebody typed."""
        typed = (self.account_id, self.account_name, self.email_domain, self.cs_manager)
        told = [text_cell(text or "") for text in typed]
        return [*told, self.segment, str(self.mrr_amount)]


def export_accounts(url: str, request: AccountsRequest, path: Path) -> AccountList:
    """Write the accounts of a segment of today, those who pay most first.

    Raises
    ------
    AccountsRefused
        The share is out of range, or nobody is in such a segment.
    """
    company_id, share = request.company_id, request.holdout_share
    if not 0 <= share <= Decimal("0.5"):
        raise AccountsRefused(f"A holdout of {share}: give 0 to 0.5.")
    accounts = _accounts(url, company_id)
    found = [one for one in accounts if one.segment == request.segment]
    if not found:
        known = ", ".join(sorted({one.segment for one in accounts})) or "none"
        raise AccountsRefused(
            f"{company_id} has no account in {request.segment} (segments: {known}). "
            "They are told by timonel run, from subscriptions and product events."
        )
    kept = [one for one in found if one.is_watched or one.is_drawn(company_id, share)]
    chosen = kept if request.is_holdout else [one for one in found if one not in kept]
    write_rows(path, [_COLUMNS, *(one.cells() for one in chosen)])
    return AccountList(len(chosen), len(kept))


def _accounts(url: str, company_id: str) -> list[_Account]:
    with connect(url, "orchestrator") as database:
        if not has_relation(database, "reporting.segments_by_account"):
            return []
        with database.cursor(row_factory=class_row(_Account)) as cursor:
            return cursor.execute(
                """select account_id, account_name, email_domain, cs_manager,
                    behaviour_segment as segment, mrr_amount, is_watched
                from reporting.segments_by_account
                left join (
                    select account_id, min(called) as email_domain
                    from intermediate.int_account_names
                    where company_id = %(company)s and name_kind = 'email_domain'
                    group by account_id
                ) as names
                    using (account_id)
                where company_id = %(company)s and is_now
                order by mrr_amount desc, account_id""",
                {"company": company_id},
            ).fetchall()
