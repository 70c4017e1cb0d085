"""Custom audiences refuse what Meta refuses: unhashed people, no right, no session."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from sandbox.simulation.companies import TIENDA_NORTE
from sandbox.simulation.world import World
from tests.sandbox.meta_ads.conftest import ACCOUNT, Get

MADE = {
    "name": "VIP",
    "subtype": "CUSTOM",
    "customer_file_source": "USER_PROVIDED_ONLY",
}
DIGEST = hashlib.sha256(b"ana@example.com").hexdigest()


@pytest.fixture
def audience(get: Get, world: World) -> str:
    world.grant("tienda_norte", "meta_ads", ("ads_read", "ads_management"))
    made = get(f"{ACCOUNT}/customaudiences", method="POST", **MADE)
    return str(made.json()["id"])


def users(
    *emails: str, schema: list[str] | None = None, **session: Any
) -> dict[str, str]:
    told = {"session_id": 7, "batch_seq": 1, "last_batch_flag": False, **session}
    rows = [[email] for email in emails]
    payload = {"schema": schema or ["EMAIL"], "data": rows}
    return {"payload": json.dumps(payload), "session": json.dumps(told)}


def test_without_the_right_nothing_is_made(get: Get) -> None:
    refused = get(f"{ACCOUNT}/customaudiences", method="POST", **MADE)

    assert refused.json()["error"]["code"] == 200
    assert get(f"{ACCOUNT}/customaudiences").json()["data"] == []


def test_an_audience_says_where_its_people_come_from(get: Get, audience: str) -> None:
    unsaid = {key: value for key, value in MADE.items() if "source" not in key}

    refused = get(f"{ACCOUNT}/customaudiences", method="POST", **unsaid)
    (found,) = get(f"{ACCOUNT}/customaudiences", fields="name").json()["data"]

    assert "customer_file_source" in refused.json()["error"]["message"]
    assert found == {"id": audience, "name": "VIP"}


def test_an_address_that_is_not_hashed_is_not_taken(
    get: Get, audience: str, world: World
) -> None:
    given = users(DIGEST, "ana@example.com", DIGEST.upper())
    told = get(f"{audience}/users", method="POST", **given).json()

    assert (told["num_received"], told["num_invalid_entries"]) == (3, 2)
    kept = world.secrets_kept["meta_ads"].told(TIENDA_NORTE.meta_account_id)
    assert kept == {"VIP": [[DIGEST]]}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"session": ""}, "session"),
        ({"payload": ""}, "payload"),
        (users(DIGEST, schema=["EMAIL", "FN"]), "rows"),
        (users(DIGEST, schema=["SHOE_SIZE"]), "schema"),
        (users(*[DIGEST] * 10_001), "10000"),
        (users(DIGEST, session_id=0), "range"),
    ],
)
def test_what_meta_cannot_read_is_refused(
    get: Get, audience: str, changed: dict[str, str], said: str
) -> None:
    refused = get(f"{audience}/users", method="POST", **{**users(DIGEST), **changed})

    assert refused.status_code == 400
    assert said in refused.json()["error"]["message"]


def test_after_its_last_batch_a_session_is_over(get: Get, audience: str) -> None:
    get(f"{audience}/users", method="POST", **users(DIGEST, last_batch_flag=True))
    late = get(f"{audience}/users", method="POST", **users(DIGEST, batch_seq=2))

    assert late.json()["error"]["code"] == 2_650


def test_people_are_removed_by_address_without_a_session(
    get: Get, audience: str, world: World
) -> None:
    other = hashlib.sha256(b"bea@example.com").hexdigest()
    get(f"{audience}/users", method="POST", **users(DIGEST, other))
    payload = users(DIGEST)["payload"]

    told = get(f"{audience}/users", method="DELETE", payload=payload).json()
    world.grant("tienda_norte", "meta_ads", ("ads_read",))
    refused = get(f"{audience}/users", method="DELETE", payload=payload).json()

    assert told["num_received"] == 1
    assert refused["error"]["code"] == 200
    kept = world.secrets_kept["meta_ads"].told(TIENDA_NORTE.meta_account_id)
    assert kept == {"VIP": [[other]]}
