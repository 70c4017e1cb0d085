"""ActiveCampaign: contacts by id, counters of campaigns once a day."""

from __future__ import annotations

from tests.taps.sources.activecampaign import activecampaign, campaign, contact, score


def test_contacts_go_on_by_id_and_say_their_moment_in_utc() -> None:
    people = [contact(str(id_), f"{id_}@x.test") for id_ in (1, 2, 3)]
    with activecampaign(contacts=people) as api:
        output = api.read()

    told = output.records("contacts")
    assert [each["id"] for each in told] == ["1", "2", "3"]
    assert told[0]["created_at"] == "2026-03-02T03:00:00Z"
    assert len(output.records("contact_ids")) == 3


def test_scores_are_of_the_contact_they_name_and_keep_since_when() -> None:
    people = [contact(str(id_), f"{id_}@x.test") for id_ in (1, 2, 3)]
    scores = [score("1", 40), score("1", -3, rules="5"), score("3", 7)]
    with activecampaign(contacts=people, scoreValues=scores) as api:
        told = api.read().records("contact_scores")
        api.lists["scoreValues"] = []
        without = api.read().records("contact_scores")

    assert [
        (each["contact_id"], each["score_id"], each["points"]) for each in told
    ] == [("1", "2", 40), ("1", "5", -3), ("3", "2", 7)]
    assert {each["changed_at"] for each in told} == {"2018-10-23T01:15:28Z"}
    # An account without rules has no scores, and its contacts all the same.
    assert without == []


def test_counters_are_kept_of_each_day_and_not_read_twice_on_one() -> None:
    sent = campaign("7", "w11", 100, uniqueopens=40, hardbounces=3)
    with activecampaign(campaigns=[sent, campaign("8", "draft")]) as api:
        first = api.read()
        api.lists["campaigns"][0] = campaign("7", "w11 again", 120)
        second = api.read(first.state)

    w11, draft = first.records("campaigns")
    assert (w11["sent"], w11["opens"], w11["hard_bounces"]) == (100, 40, 3)
    assert draft["sent_at"] is None
    assert second.records("campaigns") == []
