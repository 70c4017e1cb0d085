"""The logos that stand on a company's reports: its own, and its agency's."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from metabase.content.warehouse import connect_as_admin

__all__ = ["Logo", "find_logos"]

# Of several agencies none: whose report it is would be a guess.
_QUERY = """
with agencies as (
    select client_id, min(company_id) as company_id
    from ops.agency_clients
    where
        client_id = %(company)s
        and company_id in (select company_id from ops.company_logos)
    group by client_id
    having count(*) = 1
)
select companies.name, logos.media_type, logos.content, logos.company_id <> %(company)s
from ops.company_logos as logos
inner join ops.companies as companies using (company_id)
where
    logos.company_id = %(company)s
    or logos.company_id in (select company_id from agencies)
order by 4
"""


@dataclass(frozen=True)
class Logo:
    """A picture that was checked when it was set, and whose it is."""

    name: str
    media_type: str
    content: bytes
    is_agency: bool

    @property
    def file_name(self) -> str:
        """What it is called beside a page that shows it."""
        whose = "agency" if self.is_agency else "company"
        return f"{whose}-logo.{'png' if self.media_type == 'image/png' else 'svg'}"

    @property
    def data_uri(self) -> str:
        """The picture as an address that is not fetched."""
        return f"data:{self.media_type};base64,{b64encode(self.content).decode()}"


def find_logos(url: str, company_id: str) -> tuple[Logo, ...]:
    """The company's own logo, if it has one, then that of the one agency that has.

    Raises
    ------
    WarehouseError
        The database does not answer.
    """
    with connect_as_admin(url) as connection:
        rows = connection.execute(_QUERY, {"company": company_id}).fetchall()
    return tuple(Logo(*row) for row in rows)
