"""The calls that facebook_business makes for the public tap, as it makes them."""

import json

import requests

from sandbox.simulation.world import World
from tests.sandbox.ads_world import days_before
from tests.sandbox.meta_ads.conftest import ACCOUNT


def test_an_asynchronous_report_of_one_day_runs_through(
    world: World, http: requests.Session, token: str
) -> None:
    root = f"{world.base_url}/meta_ads/v25.0"
    http.params = {"access_token": token}
    day = days_before(1).isoformat()

    accounts = http.get(f"{root}/me/adaccounts").json()["data"]
    run = http.post(
        f"{root}/act_{accounts[0]['account_id']}/insights",
        data={
            "level": "ad",
            "action_breakdowns": json.dumps(
                ["action_type", "action_target_id", "action_destination"]
            ),
            "breakdowns": "[]",
            "limit": 2,
            "fields": json.dumps(["ad_id", "spend", "actions", "unique_ctr"]),
            "time_increment": 1,
            "action_attribution_windows": json.dumps(["1d_click", "28d_view"]),
            "time_ranges": json.dumps([{"since": day, "until": day}]),
        },
    ).json()["report_run_id"]
    status = http.get(f"{root}/{run}/").json()
    first = http.get(f"{root}/{run}/insights").json()
    after = _after(http, f"{root}/{run}/insights")
    second = http.get(f"{root}/{run}/insights?limit=2&after={after}").json()

    assert status["async_status"] == "Job Completed"
    assert len(first["data"]) == 3
    assert [row["ad_id"] for row in second["data"]] == ["1211"]
    assert all("unique_ctr" not in row for row in first["data"])


def test_entities_are_read_one_by_one_with_a_trailing_slash(
    world: World, http: requests.Session, token: str
) -> None:
    root = f"{world.base_url}/meta_ads/v25.0"
    http.params = {"access_token": token}
    filtering = json.dumps(
        [{"field": "campaign.delivery_info", "operator": "IN", "value": ["archived"]}]
    )

    listed = http.get(
        f"{root}/{ACCOUNT}/campaigns", params={"filtering": filtering, "fields": "id"}
    ).json()["data"]
    found = http.get(
        f"{root}/{listed[0]['id']}/", params={"fields": "name,objective,adlabels"}
    ).json()

    assert [row["id"] for row in listed] == ["12"]
    assert found == {"name": "campaign 12", "objective": "OUTCOME_SALES", "id": "12"}


def _after(http: requests.Session, url: str) -> str:
    page = http.get(url, params={"limit": 2}).json()
    after: str = page["paging"]["cursors"]["after"]
    return after
