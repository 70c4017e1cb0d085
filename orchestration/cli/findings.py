"""What a company should know first, in the words of its pages and reports."""

from __future__ import annotations

from psycopg import Connection
from rich.markup import escape

from orchestration.cli.console import console

__all__ = ["print_findings"]

_HOW_MANY = 3


def print_findings(database: Connection) -> None:
    """Print up to three sentences: what holds of the feed, then what the month says.

    The feed is what *Dashboard* and the weekly reports begin with, and what the last
    complete month says is the beginning of the monthly one. Nothing is printed of a
    company about which neither says anything.

    Parameters
    ----------
    database
        As the company's own people read it.
    """
    rows = database.execute(_FINDINGS, {"most": _HOW_MANY}).fetchall()
    if not rows:
        return
    console.print("What to know first")
    for number, (sentence,) in enumerate(rows, 1):
        console.print(f"  {number}. {escape(sentence)}", soft_wrap=True)


_FINDINGS = """
    with told as (
        select 1 as place, kind_order as second_place, sentence_en as sentence
        from reporting.insight_feed
        where trace_id is not null
        union all
        select 2, place, sentence_en
        from reporting.findings_by_month
        where month_start_date = (
            select max(month_start_date) from reporting.findings_by_month
        )
    )
    select sentence from told order by place, second_place limit %(most)s
"""
