"""The dashboards of a company, drawn from the live database on one page."""

import dagster as dg

from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.dashboards import render
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.warehouse import Warehouse

_READS = (
    "accuracy_totals",
    "acquisition_channels",
    "activity_log",
    "alert_rules",
    "alerts",
    "attribution_comparison",
    "audience_uplift",
    "budget_grid",
    "budget_plan",
    "budget_scenarios",
    "campaign_quality",
    "capital_at_risk",
    "channel_efficiency",
    "channel_signals",
    "cohort_retention",
    "connector_health",
    "coupon_requests",
    "customer_timelines",
    "customer_value_segment_totals",
    "customer_value_segments",
    "customer_value_totals",
    "customer_values",
    "data_quality_totals",
    "event_latency",
    "forecast_grades",
    "get_acquisition_kpis",
    "get_engagement_kpis",
    "get_operations_kpis",
    "ingest_volume",
    "insight_feed",
    "kpi_months",
    "ltv_roas_totals",
    "marketing_contributions",
    "marketing_curve_points",
    "media_mix_gates",
    "model_backtest_deciles",
    "model_backtest_tracking",
    "model_backtests",
    "model_gates",
    "no_purchase_probability_bins",
    "order_comunas",
    "order_hours",
    "payment_methods",
    "pipeline_reliability",
    "quarantine_totals",
    "recommendations",
    "registration_regions",
    "restatements",
    "rfm_customers",
    "rfm_segments",
    "run_history",
    "saved_scenarios",
    "scenario_grades",
    "service_levels",
    "service_sales",
    "top_customers_at_risk",
)


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
