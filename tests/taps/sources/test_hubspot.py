"""HubSpot: what changed by id, all ids once a day, histories in batches."""

from __future__ import annotations

from tests.taps.sources.hubspot import hubspot, record

_PEOPLE = [
    record(id_, f"2026-03-0{day}T10:00", email=f"{id_}@x.test", lifecyclestage="lead")
    for id_, day in (("101", 5), ("20", 4), ("3", 6), ("44", 4), ("5", 4))
]


def test_a_search_goes_on_by_id_so_that_its_limit_is_never_met() -> None:
    with hubspot(contacts=_PEOPLE) as api:
        output = api.read()

    asked = [s for s in api.searches if "email" in s["properties"]]
    after = [s["filterGroups"][0]["filters"][2]["value"] for s in asked]
    assert after == ["0", "5", "44"]
    assert {s["after"] for s in asked} == {"0"}
    assert isinstance(asked[0]["filterGroups"][0]["filters"][0]["value"], str)
    people = output.records("contacts")
    assert [each["id"] for each in people] == ["3", "5", "20", "44", "101"]
    assert people[0]["email"] == "3@x.test"
    assert people[0]["has_opted_out"] is None
    assert api.batches == [["3", "5", "20", "44", "101"]]
    (history,) = output.records("contact_histories")[0]["lifecycle_stages"]
    assert history["value"] == "lead"
    (companies,) = output.records("contact_companies")
    assert companies["companies"][0]["toObjectId"] == "7"


def test_who_is_archived_is_missing_on_the_list_of_the_day_alone() -> None:
    with hubspot(contacts=list(_PEOPLE)) as api:
        first = api.read()
        del api.objects["contacts"][0]
        same_day = api.read(first.state)

    assert len(first.records("contact_ids")) == 5
    assert same_day.records("contact_ids") == []
    # Of what did not change only the newest is within the look-back.
    assert [each["id"] for each in same_day.records("contacts")] == ["3"]


def test_amounts_are_in_their_own_currency_and_a_deal_may_have_none() -> None:
    deals = [
        record("1", "2026-03-04T10:00", amount="1200.50", deal_currency_code="CLP"),
        record("2", "2026-03-04T10:00", amount=None, hs_is_closed_won="true"),
    ]
    with hubspot(deals=deals) as api:
        told = api.read().records("deals")

    assert [(d["amount"], d["currency_code"], d["is_won"]) for d in told] == [
        (1200.5, "CLP", None),
        (None, None, True),
    ]
