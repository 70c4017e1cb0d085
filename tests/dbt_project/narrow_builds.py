"""Two companies with the same rows, of which one forgets each time what was built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.dbt_project.warehouse import Warehouse

__all__ = ["NarrowBuilds"]


@dataclass(frozen=True)
class NarrowBuilds:
    """Marts that are rebuilt for what changed in one company, and whole in the other.

    ``followed`` are looked at; ``others`` stand before them and are built with them.
    """

    warehouse: Warehouse
    narrow: str
    whole: str
    followed: tuple[str, ...]
    others: tuple[str, ...]

    def build(self, as_of: str) -> None:
        self.warehouse.execute(
            "delete from ops.mart_builds where company_id = %s", [self.whole]
        )
        companies = [self.narrow, self.whole]
        self.warehouse.dbt.run(
            *("run", "--select", *self.others, *self.followed),
            company_ids=companies,
            as_of_dates=dict.fromkeys(companies, as_of),
        )

    def differing(self, *more: str) -> list[str]:
        """Marts whose rows are not those of a build of all."""
        return [
            mart
            for mart in (*self.followed, *more)
            if self.rows_of(mart, self.narrow) != self.rows_of(mart, self.whole)
        ]

    def rows_of(self, mart: str, company: str) -> list[dict[str, Any]]:
        query = f"""select to_jsonb(mart) - 'company_id' as told
            from marts.{mart} as mart where company_id = %s order by 1"""
        return [row["told"] for row in self.warehouse.rows(query, [company])]

    def built(self, company: str) -> set[str]:
        """The marts that were built for some keys."""
        rows = self.warehouse.rows(
            """select mart from ops.mart_builds where company_id = %s
            and mart = any(%s) and changed_key_count is not null""",
            [company, list(self.followed)],
        )
        return {row["mart"] for row in rows}
