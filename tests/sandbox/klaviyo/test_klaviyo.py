"""The sandbox's Klaviyo refuses what Klaviyo refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import klaviyo
from sandbox.simulation.world import World
from tests.sandbox.ads_world import make_world
from tests.sandbox.serving import serving

JOBS = "profile-bulk-import-jobs"
A_LIST = {"data": {"type": "list", "attributes": {"name": "VIP"}}}

Ask = Callable[..., requests.Response]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


@pytest.fixture
def ask(world: World) -> Iterator[Ask]:
    with serving(world, klaviyo.routes) as session:

        def call(
            method: str,
            path: str,
            body: Any = None,
            company: str = "tienda_norte",
            **headers: str,
        ) -> requests.Response:
            told = world.credentials(company, "klaviyo")
            sent = {
                "Authorization": f"Klaviyo-API-Key {told.secrets['api_key']}",
                "revision": "2026-04-15",
                **headers,
            }
            url = f"{told.settings['api_url']}/api/{path}"
            return session.request(method, url, json=body, headers=sent)

        yield call


def said(answer: requests.Response) -> tuple[int, str, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["code"], error["source"]["pointer"]


def job(*emails: str, list_id: str = "") -> dict[str, Any]:
    lists = [{"type": "list", "id": list_id}] if list_id else []
    profiles = [{"type": "profile", "attributes": {"email": each}} for each in emails]
    return {
        "data": {
            "type": "profile-bulk-import-job",
            "attributes": {"profiles": {"data": profiles}},
            "relationships": {"lists": {"data": lists}},
        }
    }


@pytest.mark.parametrize("revision", ["", "latest", "2026"])
def test_a_request_without_a_revision_is_refused(ask: Ask, revision: str) -> None:
    answer = ask("POST", "lists", A_LIST, revision=revision)

    assert said(answer) == (400, "invalid", "/headers/revision")
    assert ask("GET", "lists").json()["data"] == []


def test_keys_and_their_rights_are_looked_at(ask: Ask, world: World) -> None:
    assert ask("GET", "lists", Authorization="Bearer x").status_code == 401
    assert ask("GET", "lists", Authorization="Klaviyo-API-Key pk_x").status_code == 401
    world.grant("tienda_norte", "klaviyo", ("lists:read",))

    assert ask("GET", "lists").status_code == 200
    assert said(ask("POST", "lists", A_LIST))[:2] == (403, "permission_denied")


def test_what_is_no_list_of_this_account_is_refused(ask: Ask) -> None:
    wrong = {"data": {"type": "lists", "attributes": {"name": "VIP"}}}
    nameless = {"data": {"type": "list", "attributes": {}}}
    made = ask("POST", "lists", A_LIST).json()["data"]["id"]

    assert said(ask("POST", "lists", wrong)) == (400, "invalid", "/data/type")
    assert said(ask("POST", "lists", nameless))[2] == "/data/attributes/name"
    foreign = ask("POST", JOBS, job("a@b.example", list_id=made), company="andes")
    assert said(foreign)[:2] == (404, "not_found")
    assert ask("GET", "lists", company="andes").json()["data"] == []


def test_too_many_profiles_and_another_media_type_are_refused(ask: Ask) -> None:
    many = job(*(f"a{number}@b.example" for number in range(10_001)))
    text = ask("POST", "lists", A_LIST, **{"content-type": "text/plain"})

    assert said(ask("POST", JOBS, many))[:2] == (400, "invalid")
    assert text.status_code == 415


def test_a_job_is_waited_for_and_tells_whom_it_refused(ask: Ask) -> None:
    made = ask("POST", "lists", A_LIST).json()["data"]["id"]
    started = ask("POST", JOBS, job("a@b.example", "nobody", list_id=made))
    path = f"{JOBS}/{started.json()['data']['id']}"

    states = [ask("GET", path).json()["data"]["attributes"] for _ in range(2)]
    (error,) = ask("GET", f"{path}/import-errors").json()["data"]
    (member,) = ask("GET", f"lists/{made}/profiles").json()["data"]

    assert started.status_code == 202
    assert [each["status"] for each in states] == ["processing", "complete"]
    assert states[1]["failed_count"] == 1
    assert error["attributes"]["source"]["pointer"].endswith("/data/1/attributes/email")
    assert member["attributes"]["email"] == "a@b.example"
    assert ask("POST", JOBS, job("a@b.example", list_id=made)).ok
    assert len(ask("GET", f"lists/{made}/profiles").json()["data"]) == 1


def test_lists_are_found_by_their_exact_name(ask: Ask) -> None:
    ask("POST", "lists", A_LIST)
    other = {"data": {"type": "list", "attributes": {"name": 'the "VIP" ones'}}}
    ask("POST", "lists", other)

    found = ask("GET", r'lists?filter=equals(name,"the \"VIP\" ones")').json()["data"]

    assert [each["attributes"]["name"] for each in found] == ['the "VIP" ones']
    assert said(ask("GET", "lists?filter=like(name,VIP)"))[2] == "/filter"


def test_profiles_leave_a_list_and_those_asked_for_are_told(ask: Ask) -> None:
    made = ask("POST", "lists", A_LIST).json()["data"]["id"]
    started = ask("POST", JOBS, job("a@b.example", "c@d.example", list_id=made)).json()
    for _ in range(2):
        ask("GET", f"{JOBS}/{started['data']['id']}")
    members = f"lists/{made}/profiles"
    (one,) = ask(
        "GET", f'{members}?filter=any(email,["C@d.example","x@y.example"])'
    ).json()["data"]
    gone = {"data": [{"type": "profile", "id": one["id"]}]}
    path = f"lists/{made}/relationships/profiles"

    first, again = (ask("DELETE", path, gone).status_code for _ in range(2))

    assert (first, again) == (204, 204)
    (left,) = ask("GET", members).json()["data"]
    assert left["attributes"]["email"] == "a@b.example"
    assert said(ask("DELETE", path, {"data": []}))[2] == "/data"
    assert said(ask("GET", f"{members}?filter=like(email,c)"))[2] == "/filter"
