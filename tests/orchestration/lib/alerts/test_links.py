"""Everything that is told leads to the page that shows it and to what failed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestration.lib.alerts.events import EVENTS
from orchestration.lib.alerts.ledger import list_alerts
from orchestration.lib.alerts.lifecycle import Condition
from orchestration.lib.alerts.links import Links, page_of_view
from orchestration.lib.alerts.messages import Telling, describe, message
from orchestration.lib.core.translations import LANGUAGES
from orchestration.lib.reporting.pages import read_pages
from tests.orchestration.lib.alerts.conftest import ACME, BOLT, START, Office

PUBLISHED = """
    insert into ops.metabase_objects
    values (%s, %s, 'dashboard', %s, %s, null, '', '{}', now())
"""
CONEXIONES, MODEL_HEALTH = "J_v-8yxWDlf8P5Mo3zGp0", "Hyk7iBFQy-VM8c9O1Y2AB"
EVERYTHING = [
    *(*EVENTS, "rule_broken", "metric_above", "metric_below"),
    *("level_above", "level_below", "ratio_above", "ratio_below", "days_missing"),
]
FACTS = {
    "observed": 1,
    "threshold": 0,
    "run": "r",
    "source": "shopify",
    "minutes": 90,
    "reasons": "signature",
    "promised": 60,
    "value": 1,
    "usual": 2,
    "first": "2026-11-09",
    "day": "2026-11-22",
    "last_day": "2026-11-19",
}


@pytest.mark.parametrize("event", EVERYTHING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_has_both_links(event: str, language: str) -> None:
    cause = Condition("topic", "rule", "high", START, {"event": event, **FACTS})
    told = describe(cause, ACME, Links("https://bi", "https://dag", {CONEXIONES: 7}))
    names = ("facts", "since", "link", "asset_link")
    alert = Telling(1, "high", **{name: told[name] for name in names})

    text = message("first", alert, ACME, language, START).body

    assert text.count("https://bi/") == text.count("https://dag/") == 1


def test_a_page_is_the_one_of_the_company_on_the_server_in_use(office: Office) -> None:
    here = office.settings.dashboard_url
    office.execute(PUBLISHED, "acme", here, MODEL_HEALTH, 12)
    office.execute(PUBLISHED, "acme", "https://elsewhere", CONEXIONES, 13)
    office.execute(PUBLISHED, "bolt", here, MODEL_HEALTH, 14)
    office.block_the_model()
    office.connect("meta", error="The access token has expired.")
    office.block_the_model(BOLT)

    office.at(0)
    office.at(0, BOLT)

    links = {a["topic"]: a["link"] for a in list_alerts(office.url, "acme")}
    assert links == {
        "model_blocked:customer_value": f"{here}/dashboard/12",
        # That page was published on another server only.
        "connection_failing:meta": f"{here}/",
    }
    (other,) = list_alerts(office.url, "bolt")
    assert other["link"] == f"{here}/dashboard/14"


def test_a_rule_leads_to_the_page_that_shows_its_view() -> None:
    assert page_of_view("customer_value_totals") == "clientes"
    assert page_of_view("service_levels") == "conexiones"
    assert page_of_view("nothing_of_the_kind") is None


def test_a_run_that_failed_is_named_and_what_failed_in_a_source_too(
    office: Office,
) -> None:
    started = START - timedelta(hours=1)
    for job, number in (("refresh_company", None), ("refresh_orders", "d0c5")):
        office.execute(
            """insert into ops.runs values ('acme', %s, '2026-11-22', '', 'failed',
                'the disk is full', %s, %s, %s, %s, %s)""",
            *(f"own-{job}", started, started, job, number, ["marts", "orders"]),
        )
    office.connect("meta", error="acme, Meta: campaign_days of a: 1 rows landed.")
    office.connect("other", error="The access token has expired.")

    office.at(0)

    alerts = {a["topic"]: a for a in list_alerts(office.url, "acme")}
    assert {
        topic: a["asset_link"].split(":3000")[1] for topic, a in alerts.items()
    } == {
        # What the command line did outside Dagster has a number of its own.
        "run_failed:refresh_company": "/assets/marts/orders",
        "run_failed:refresh_orders": "/runs/d0c5",
        "connection_failing:meta": "/assets/raw_meta_ads/campaign_days",
        "connection_failing:other": "/assets/raw_meta_ads/accounts",
    }
    assert alerts["run_failed:refresh_orders"]["facts"]["run"] == "d0c5, marts/orders"


def test_a_page_of_what_is_going_on_is_read_anew_by_itself() -> None:
    operating, executive = (
        read_pages()[name].entity_id for name in ("webinar_operativo", "webinars")
    )
    links = Links("https://bi", "https://dag", {operating: 8, executive: 9})

    facts = {"event": "metric_below", "view": "webinar_live_counters"}
    assert links.page(facts) == "https://bi/dashboard/8#refresh=60"
    facts["view"] = "webinar_months"
    assert links.page(facts) == "https://bi/dashboard/9#refresh=300"
