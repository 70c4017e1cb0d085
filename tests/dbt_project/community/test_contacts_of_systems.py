"""Contacts of HubSpot and ActiveCampaign: a person each, and none that is gone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.privacy.erasure import forget
from tests.dbt_project.community.programme import at, contact, file
from tests.dbt_project.warehouse import Warehouse
from tests.taps.sources import activecampaign as mail
from tests.taps.sources.activecampaign import activecampaign
from tests.taps.sources.hubspot import hubspot, record
from tests.taps.target_postgres.singer import Loader

_DAY = "2026-03-05T10:00"
People = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def people(warehouse: Warehouse) -> tuple[People, People, list[Any], str]:
    """Those of one company before and after, its campaigns; beside another's."""
    pair = warehouse.add_pair()
    ana = {"email": "Ana@x.test ", "utm_source": "linkedin"}
    kept = [
        record("1", _DAY, **ana),
        record("2", _DAY, email="ben@x.test", hs_email_optout="true"),
        record("3", _DAY, email="eva@x.test", hs_analytics_source="PAID_SOCIAL"),
        record("4", _DAY, email="gone@x.test"),
    ]
    sent = {"uniqueopens": 60, "subscriberclicks": 20, "hardbounces": 5}
    counted = [mail.campaign("7", "w11", 100, softbounces=5, **sent)]
    files = [
        # Of a contact that HubSpot tells, what a file says counts nothing.
        contact("1", at("2026-01-01"), email="old@x.test"),
        contact("2b", at("2026-03-03"), email="ben@x.test"),
    ]
    warehouse.load(pair.acme, file("contacts", files))
    warehouse.load(pair.bolt, file("contacts", files[:1]))
    load = Loader(warehouse.url).load
    with (
        hubspot(contacts=kept) as crm,
        activecampaign(
            contacts=[mail.contact("1", "ANA@x.test"), mail.contact("2", "fay@x.test")],
            campaigns=counted,
        ) as sender,
    ):
        settings = {"company_id": pair.acme}
        first = crm.read()
        load(*first.messages, schema="raw_hubspot", **settings)
        load(*sender.read().messages, schema="raw_activecampaign", **settings)
        before = _people(warehouse, pair.acme, pair.bolt)
        # Eva was merged into Ana; whoever is gone is only missing on the list.
        crm.objects["contacts"] = [
            record("1", "2026-03-06T10:00", hs_merged_object_ids="3", **ana),
            kept[1],
        ]
        load(
            *crm.read(_of_yesterday(first.state)).messages,
            schema="raw_hubspot",
            **settings,
        )
        after = _people(warehouse, pair.acme, pair.bolt)
    campaigns = warehouse.rows(
        "select * from marts.message_campaign_results where company_id = %s",
        [pair.acme],
    )
    return before, after, campaigns, pair.acme


def _of_yesterday(state: dict[str, Any]) -> dict[str, Any]:
    """The state as if the list of all contacts had been read on another day."""
    bookmarks = {**state["bookmarks"], "contact_ids": {}}
    return {**state, "bookmarks": bookmarks}


def _people(warehouse: Warehouse, acme: str, bolt: str) -> People:
    warehouse.build(acme, bolt, only=["people", "message_campaign_results"])
    found = warehouse.rows(
        "select * from marts.people where company_id = %s order by person_id", [acme]
    )
    return {each["person_id"].removeprefix("contacts/"): each for each in found}


def test_one_address_is_one_person_in_both_systems_and_files(people: Any) -> None:
    before, *_ = people

    assert sorted(before) == ["1", "2", "3", "4", "activecampaign/2"]
    assert before["1"]["contact_count"] == 2
    assert before["1"]["utm_source"] == "linkedin"
    assert before["2"]["contact_count"] == 2
    assert before["2"]["has_email_consent"] is False
    assert before["3"]["utm_source"] == "paid_social"


def test_who_was_merged_or_erased_is_nobody_any_more(people: Any) -> None:
    _, after, *_ = people

    assert sorted(after) == ["1", "2", "activecampaign/2"]
    # Ana in both systems, and Eva who was merged into her.
    assert after["1"]["contact_count"] == 3


def test_a_campaign_of_counters_says_what_it_cannot_know(people: Any) -> None:
    (campaign,) = people[2]

    assert campaign["campaign_name"] == "w11"
    assert campaign["first_date"] == date(2026, 3, 2)
    told = ("sent_count", "delivered_count", "opened_count", "clicked_count")
    assert [campaign[name] for name in told] == [100, 90, 60, 20]
    unknown = ("opened_by_human_count", "converted_count", "complained_count")
    assert {campaign[name] for name in unknown} == {None}


def test_who_is_forgotten_leaves_every_system(
    people: Any, warehouse: Warehouse, settings: Settings
) -> None:
    forgotten = forget(warehouse.url, settings, people[3], "ana@x.test")

    told = ("raw_hubspot.contacts", "raw_activecampaign.contacts", "marts.people")
    assert [forgotten.rows[table] for table in told] == [1, 1, 1]
