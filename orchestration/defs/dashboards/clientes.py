"""The dashboards of a company, drawn from the live database on one page."""

import dagster as dg

from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.dashboards import render
from orchestration.lib.reporting.pages import read_cards
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.warehouse import Warehouse

_READS = sorted({view for card in read_cards().values() for view in card.views})


@dg.asset(
    key=["dashboards", "clientes"],
    deps=[["reporting", view] for view in _READS],
    group_name="dashboards",
    kinds={"metabase"},
    owners=["team:data"],
    partitions_def=company_days,
    description="The company's page, as its own people would see it. One HTML file.",
)
def clientes(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> dg.MaterializeResult[None]:
    """Render the page with the company's own read role."""
    company_id = company_day.company_id(context)
    page = Settings.from_environment().home / "dashboards" / f"{company_id}.html"
    render(warehouse.url(), [company_id], page)
    return dg.MaterializeResult(
        metadata={
            "page": dg.MetadataValue.path(str(page)),
            "size_bytes": dg.MetadataValue.int(page.stat().st_size),
        }
    )
