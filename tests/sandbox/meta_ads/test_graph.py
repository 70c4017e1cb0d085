"""The account's structure, access, versions, and the use of the allowance."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.simulation.companies import ANDES
from sandbox.simulation.world import World
from tests.sandbox.meta_ads.conftest import ACCOUNT, SOURCE, Get


@pytest.mark.parametrize("path", [ACCOUNT, f"{ACCOUNT}/"])
def test_the_account_says_its_currency_and_time_zone(get: Get, path: str) -> None:
    found = get(path, fields="name,currency,timezone_name,account_status").json()

    assert found == {
        "name": "Tienda Norte",
        "currency": "EUR",
        "timezone_name": "Europe/Madrid",
        "account_status": 1,
        "id": ACCOUNT,
    }


def test_edges_leave_out_what_is_archived_or_deleted(get: Get) -> None:
    everything = '["ACTIVE","PAUSED","ARCHIVED","DELETED"]'
    one = [{"field": "campaign.effective_status", "operator": "IN"}]
    filtering = json.dumps([{**one[0], "value": ["DELETED"]}])
    fields = "id,effective_status"

    def listed(**parameters: str) -> dict[str, str]:
        answer = get(f"{ACCOUNT}/campaigns", fields=fields, **parameters).json()
        return {row["id"]: row["effective_status"] for row in answer["data"]}

    assert listed() == {"11": "ACTIVE", "14": "PAUSED"}
    assert listed(effective_status=everything) == {
        "11": "ACTIVE",
        "12": "ARCHIVED",
        "13": "DELETED",
        "14": "PAUSED",
    }
    assert listed(filtering=filtering) == {"13": "DELETED"}


def test_what_belongs_to_a_paused_campaign_is_paused_by_it(get: Get) -> None:
    found = get("1411", fields="status,effective_status,campaign_id").json()

    assert found == {
        "status": "ACTIVE",
        "effective_status": "CAMPAIGN_PAUSED",
        "campaign_id": "14",
        "id": "1411",
    }


def test_a_campaign_lists_its_ads(get: Get) -> None:
    found = get("11/ads").json()

    assert [row["id"] for row in found["data"]] == ["1111", "1112"]


def test_instants_are_in_the_zone_of_the_account(get: Get) -> None:
    found = get("11", fields="created_time").json()

    assert found["created_time"] == "2026-01-01T01:00:00+0100"


def test_an_unknown_field_is_named_and_an_empty_one_left_out(get: Get) -> None:
    unknown = get("11", fields="name,colour").json()
    empty = get("11", fields="name,spend_cap,adlabels{name}").json()

    assert "nonexisting field (colour)" in unknown["error"]["message"]
    assert set(empty) == {"name", "id"}


def test_pages_follow_cursors(get: Get, http: requests.Session) -> None:
    first = get(f"{ACCOUNT}/ads", limit=2).json()
    second = http.get(first["paging"]["next"]).json()

    ids = [row["id"] for page in (first, second) for row in page["data"]]
    assert ids == ["1111", "1112", "1411"]
    assert "next" not in second["paging"]


def test_a_field_vanishes_and_rows_repeat_on_request(get: Get, world: World) -> None:
    world.faults.switch_on({"kind": "schema_change", "field": "name"})
    world.faults.switch_on({"kind": "duplicate_ids"})

    rows = get(f"{ACCOUNT}/campaigns", fields="name").json()["data"]

    assert rows == [{"id": "11"}, {"id": "14"}, {"id": "11"}]


def test_the_token_says_what_it_may_do(get: Get, token: str) -> None:
    permissions = get("me/permissions").json()["data"]
    accounts = get("me/adaccounts").json()["data"]
    inspected = get("debug_token", input_token=token).json()["data"]

    assert {"permission": "ads_read", "status": "granted"} in permissions
    assert accounts == [{"account_id": ACCOUNT.removeprefix("act_"), "id": ACCOUNT}]
    assert inspected["is_valid"]


def test_a_token_is_taken_as_a_parameter_too(
    world: World, http: requests.Session, token: str
) -> None:
    answer = http.get(
        f"{world.base_url}/meta_ads/v25.0/me",
        params={"access_token": token, "appsecret_proof": "any"},
    )

    assert answer.status_code == 200


def test_a_dead_token_is_code_190(get: Get, world: World) -> None:
    world.tokens.revoke("tienda_norte", SOURCE)

    answer = get(ACCOUNT)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, 190)
    assert error["type"] == "OAuthException"


def test_a_rotated_token_is_replaced_by_the_new_one(
    world: World, http: requests.Session, token: str
) -> None:
    world.tokens.rotate("tienda_norte", SOURCE)
    new = world.credentials("tienda_norte", SOURCE).secrets["access_token"]
    url = f"{world.base_url}/meta_ads/v26.0/me"

    old_answer = http.get(url, params={"access_token": token})
    new_answer = http.get(url, params={"access_token": new})

    assert (old_answer.status_code, new_answer.status_code) == (400, 200)


def test_other_accounts_are_not_for_this_token(get: Get) -> None:
    foreign = get(f"act_{ANDES.meta_account_id}/insights")
    unknown = get("999/insights")

    assert foreign.status_code == 403
    assert foreign.json()["error"]["code"] == 200
    assert unknown.json()["error"]["error_subcode"] == 33


@pytest.mark.parametrize("version", ["v24.0", "v22.0", "v9.0"])
def test_versions_past_their_end_are_refused(get: Get, version: str) -> None:
    answer = get(ACCOUNT, version=version)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 2635


def test_the_two_living_versions_are_served(get: Get) -> None:
    for version in ("v25.0", "v26.0"):
        answer = get(ACCOUNT, version=version)

        assert answer.status_code == 200
        assert answer.headers["facebook-api-version"] == version


def test_every_answer_says_how_much_of_the_allowance_is_used(get: Get) -> None:
    headers = get(ACCOUNT).headers

    usage = json.loads(headers["X-Business-Use-Case-Usage"])
    assert usage[ACCOUNT.removeprefix("act_")][0]["type"] == "ads_insights"
    assert json.loads(headers["X-FB-Ads-Insights-Throttle"])["acc_id_util_pct"] == 0


@pytest.mark.parametrize("code", [80_000, 17, 4, 613])
def test_whoever_used_it_up_is_told_when_to_come_back(
    get: Get, world: World, code: int
) -> None:
    world.faults.switch_on({"kind": "quota_exceeded", "code": code, "minutes": 7})

    answer = get(f"{ACCOUNT}/insights")

    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])
    case = usage[ACCOUNT.removeprefix("act_")][0]
    assert answer.json()["error"]["code"] == code
    assert (case["call_count"], case["estimated_time_to_regain_access"]) == (100, 7)
    assert get(ACCOUNT).status_code == 200


def test_the_dialog_gives_a_code_that_buys_a_long_lived_token(
    world: World, http: requests.Session
) -> None:
    sent = http.get(
        f"{world.base_url}/meta_ads/dialog/oauth",
        params={
            "client_id": "andes",
            "redirect_uri": "http://127.0.0.1:9/back",
            "state": "xyz",
        },
        allow_redirects=False,
    )
    answered = parse_qs(urlsplit(sent.headers["location"]).query)
    url = f"{world.base_url}/meta_ads/v26.0/oauth/access_token"

    bought = http.get(url, params={"code": answered["code"][0]})
    again = http.get(url, params={"code": answered["code"][0]})
    me = http.get(
        f"{world.base_url}/meta_ads/v26.0/me/adaccounts",
        params={"access_token": bought.json()["access_token"]},
    )

    assert answered["state"] == ["xyz"]
    assert bought.json()["expires_in"] == 60 * 86_400
    assert again.status_code == 400
    assert me.json()["data"][0]["account_id"] == ANDES.meta_account_id
