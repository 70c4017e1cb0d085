"""Every number on a page is in the registry."""

from __future__ import annotations

import re
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest

from orchestration.lib.alerts.rules import default_rules
from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.reporting.exposures import EXPOSURES, exposures_document
from orchestration.lib.reporting.metric_docs import DOCUMENTS, metric_documents
from orchestration.lib.reporting.metric_registry import read_registry
from orchestration.lib.reporting.metrics import read_metrics, undeclared
from tests.dbt_project.dbt_commands import written


@pytest.fixture(scope="module")
def manifest(parsed_project: Manifest) -> dict[str, Any]:
    """The parsed project, as dbt writes it down."""
    return written(parsed_project)


def test_every_number_on_a_page_is_a_metric(manifest: dict[str, object]) -> None:
    assert undeclared(manifest) == []


def test_labels_of_a_page_are_not_used_twice(manifest: dict[str, object]) -> None:
    metrics = read_metrics(manifest)

    shown = [(metric.relation, metric.label_es) for metric in metrics]
    assert len(shown) == len(set(shown))


def test_the_documents_are_what_the_registry_writes(
    manifest: dict[str, object],
) -> None:
    made = metric_documents(read_metrics(manifest))

    # When this fails: timonel metrics --write
    assert {file: file.read_text() for file in DOCUMENTS.glob("*.md")} == made


def test_pages_are_exposures_of_the_models_they_read(manifest: dict[str, Any]) -> None:
    # When this fails: timonel metrics --write
    assert EXPOSURES.read_text() == exposures_document()
    ventas = manifest["exposures"]["exposure.timonel.ventas"]
    assert ventas["label"] == "Sales"
    assert "model.timonel.performance_by_month" in ventas["depends_on"]["nodes"]


def test_every_metric_and_every_limit_is_of_a_column(
    manifest: dict[str, object],
) -> None:
    metrics = read_metrics(manifest)
    held = {(metric.name, metric.relation) for metric in metrics}

    registry = read_registry()
    assert set(registry) == {name for name, _ in held}
    limits = {
        (one.name, one.limits.relation) for one in registry.values() if one.limits
    }
    assert limits - held == set()


def test_the_rates_of_months_and_ranges_are_the_formulas_of_the_registry() -> None:
    macro = (PROJECT_ROOT / "dbt_project/macros/kpi_rate.sql").read_text()
    computed = dict(re.findall(r"'(\w+)': \('(\w+', '\w+)'\)", macro))
    registry = read_registry()

    assert len(computed) == 8
    for name, parts in computed.items():
        words = {
            # Said in words where no column holds the count.
            "rated_order_count": "completed orders with a rating",
            "historic_net_revenue": "net revenue of purchases up to the end of the "
            "period",
        }
        part, whole = parts.split("', '")
        assert registry[name].formula == f"{words.get(part, part)} / {whole}"


def test_a_share_that_alarms_says_on_how_many_it_rests(
    manifest: dict[str, object],
) -> None:
    bare = [
        metric.address
        for metric in read_metrics(manifest)
        if metric.unit in ("share", "ratio", "score")
        and (metric.warn is not None or metric.critical is not None)
        and metric.sample is None
    ]

    assert bare == []


S0_KPIS = {
    "acquisition": (
        *("new_user_count", "onboarding_rate", "rut_validation_rate"),
        *("acquisition_channels.new_user_count", "registration_regions.new_user_count"),
    ),
    "engagement": (
        *("cart_abandonment_rate", "average_order_value", "purchase_frequency"),
        *("service_sales.purchase_count", "service_sales.cart_conversion_rate"),
        "payment_methods.purchase_count",
    ),
    "operations": (
        *("cycle_hours_average", "cycle_hours_median", "cycle_hours_p90"),
        *("cancellation_rate", "rating_average", "rating_response_rate"),
        *("order_comunas.order_count", "order_hours.order_count"),
    ),
    "retention": (
        *("repurchase_rate", "historic_value_per_customer"),
        *("monthly_active_user_count", "cohort_retention.retention_rate"),
    ),
    "segmentation": (
        *("recency_days", "frequency", "monetary"),
        *("rfm_segments.customer_count", "rfm_segments.customer_share"),
        *("rfm_segments.refused_count", "rfm_segments.unknown_consent_count"),
    ),
}


@pytest.mark.parametrize("page", S0_KPIS)
def test_what_the_owner_asked_for_is_in_the_registry(
    manifest: dict[str, object], page: str
) -> None:
    known = {
        name
        for metric in read_metrics(manifest)
        if metric.page == page
        for name in (metric.column, f"{metric.relation}.{metric.column}")
    }

    assert set(S0_KPIS[page]) - known == set()


def test_the_owner_s_limits_are_alerts_of_the_severity_they_were_given(
    manifest: dict[str, object],
) -> None:
    rules = [
        rule
        for rule in default_rules(read_metrics(manifest))
        if rule.status == "owner" and rule.kind == "metric"
    ]

    told = {(r.metric, r.comparison, r.threshold, r.severity) for r in rules}
    assert told >= {
        ("webinar_conversion_ratio", "below", 0.2, "high"),
        ("webinar_cost_per_registrant", "above", 15, "medium"),
        ("webinar_show_ratio", "below", 0.8, "high"),
        ("webinar_engagement", "below", 50, "medium"),
        # On the dashboard of one webinar it is more severe.
        ("last_engagement", "below", 50, "high"),
        ("attendance_drop_ratio", "above", 0.2, "medium"),
        ("website_uptime_ratio", "below", 0.99, "critical"),
        ("email_delivery_ratio", "below", 0.95, "high"),
    }
    assert all(rule.sample_minimum for rule in rules if "webinar" in rule.metric)
    # The owner's 70 % is a recommendation about a forecast.
    severities = {r.severity for r in rules if r.metric == "webinar_show_ratio"}
    assert severities == {"high"}


#: What the owner wants of each step of a webinar, in the registry's units.
S4_TARGETS = {
    **{"social_reach_count": 100_000, "webinar_impression_count": 500_000},
    **{"social_frequency": 5, "webinar_click_ratio": 0.03},
    **{"webinar_session_count": 10_000, "webinar_session_seconds": 180},
    **{"webinar_bounce_ratio": 0.4, "webinar_pages_per_session": 3},
    **{"funnel_registrant_count": 2000, "webinar_email_open_ratio": 0.25},
    **{"webinar_email_click_ratio": 0.05, "social_engagement_ratio": 0.08},
    **{"funnel_attendee_count": 1700, "webinar_show_ratio": 0.85},
    **{"webinar_engagement": 75, "webinar_attended_minutes": 75},
    **{"funnel_conversion_count": 425, "webinar_conversion_ratio": 0.25},
    **{"funnel_net_revenue": 106_250, "webinar_order_value": 250},
    **{"webinar_chat_ratio": 0.6, "webinar_question_ratio": 0.15},
    **{"webinar_poll_ratio": 0.8, "section_retention_ratio": 0.9},
    **{"section_interactions_per_minute": 2, "webinar_satisfaction": 9},
    **{"webinar_attention": 8},
}


def test_each_step_of_a_webinar_has_the_owner_s_target(
    manifest: dict[str, object],
) -> None:
    told = {
        metric.column: (metric.target, metric.threshold_status)
        for metric in read_metrics(manifest)
        if metric.column in S4_TARGETS and metric.target is not None
    }

    assert told == {name: (value, "owner") for name, value in S4_TARGETS.items()}
