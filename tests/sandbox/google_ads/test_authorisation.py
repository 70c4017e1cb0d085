"""How a client comes by an access token, and loses it."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import google.auth.exceptions
import google.auth.transport.requests
import pytest
import requests
from google.oauth2 import service_account

from sandbox.google_oauth import SCOPES
from sandbox.simulation.world import World
from tests.sandbox.google_ads.conftest import SOURCE

REDIRECT = "http://127.0.0.1:9999/callback"


@pytest.fixture
def client(world: World) -> dict[str, str]:
    found = world.credentials("tienda_norte", SOURCE)
    return {
        "client_id": str(found.settings["client_id"]),
        "client_secret": found.secrets["client_secret"],
    }


@pytest.fixture
def refresh_token(world: World) -> str:
    return world.credentials("tienda_norte", SOURCE).secrets["refresh_token"]


def exchange(world: World, http: requests.Session, **form: str) -> requests.Response:
    return http.post(f"{world.base_url}/google/token", data=form)


def approve(
    world: World, http: requests.Session, client: dict[str, str], **more: str
) -> dict[str, list[str]]:
    answer = http.get(
        f"{world.base_url}/google/authorize",
        params={
            "client_id": client["client_id"],
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "state": "xyz",
            **more,
        },
        allow_redirects=False,
    )
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(REDIRECT)
    return parse_qs(urlsplit(answer.headers["location"]).query)


def test_a_refresh_token_buys_an_hour(
    world: World, http: requests.Session, client: dict[str, str], refresh_token: str
) -> None:
    answer = exchange(
        world,
        http,
        grant_type="refresh_token",
        refresh_token=refresh_token,
        **client,
    ).json()

    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3_599
    assert world.tokens.use(answer["access_token"])[0] == "valid"


def test_a_revoked_refresh_token_is_an_invalid_grant(
    world: World, http: requests.Session, client: dict[str, str], refresh_token: str
) -> None:
    world.tokens.revoke("tienda_norte", SOURCE)

    answer = exchange(
        world,
        http,
        grant_type="refresh_token",
        refresh_token=refresh_token,
        **client,
    )

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


def test_an_expiring_access_token_leaves_the_refresh_token_alone(
    world: World, http: requests.Session, client: dict[str, str], refresh_token: str
) -> None:
    world.tokens.expire_after(0)

    answer = exchange(
        world,
        http,
        grant_type="refresh_token",
        refresh_token=refresh_token,
        **client,
    )

    assert answer.status_code == 200


def test_a_rotated_connection_takes_only_its_new_secrets(
    world: World, http: requests.Session, client: dict[str, str], refresh_token: str
) -> None:
    world.tokens.rotate("tienda_norte", SOURCE)
    new = world.credentials("tienda_norte", SOURCE)
    form = {
        "grant_type": "refresh_token",
        "client_id": str(new.settings["client_id"]),
        "client_secret": new.secrets["client_secret"],
    }

    old = exchange(world, http, refresh_token=refresh_token, **form)
    fresh = exchange(world, http, refresh_token=new.secrets["refresh_token"], **form)

    assert old.json()["error"] == "invalid_grant"
    assert fresh.status_code == 200


def test_a_wrong_client_secret_is_an_invalid_client(
    world: World, http: requests.Session, client: dict[str, str], refresh_token: str
) -> None:
    answer = exchange(
        world,
        http,
        grant_type="refresh_token",
        refresh_token=refresh_token,
        client_id=client["client_id"],
        client_secret="wrong",
    )

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_a_code_is_exchanged_once_by_whoever_knows_the_verifier(
    world: World, http: requests.Session, client: dict[str, str]
) -> None:
    verifier = "a-long-and-random-verifier-of-at-least-43-characters"
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    request = {"code_challenge": challenge, "code_challenge_method": "S256"}
    stolen = approve(world, http, client, **request)
    answered = approve(world, http, client, access_type="offline", **request)
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, **client}

    thief = exchange(world, http, code=stolen["code"][0], code_verifier="guess", **form)
    owner = {"code": answered["code"][0], "code_verifier": verifier, **form}
    first = exchange(world, http, **owner)
    second = exchange(world, http, **owner)

    assert answered["state"] == ["xyz"]
    assert thief.json()["error"] == "invalid_grant"
    assert first.json()["refresh_token"].startswith("1//")
    assert second.json()["error"] == "invalid_grant"


def test_a_service_account_signs_in_until_it_is_revoked(
    world: World, http: requests.Session
) -> None:
    url = f"{world.base_url}/google/service_accounts/tienda_norte/{SOURCE}/keys"
    key: dict[str, Any] = http.post(url).json()
    signed: Any = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        key, scopes=[SCOPES[SOURCE]]
    )
    transport = google.auth.transport.requests.Request()

    signed.refresh(transport)
    state, token = world.tokens.use(signed.token)

    assert state == "valid"
    assert token is not None
    assert token.company == "tienda_norte"
    world.tokens.revoke("tienda_norte", SOURCE)
    with pytest.raises(google.auth.exceptions.RefreshError, match="invalid_grant"):
        signed.refresh(transport)


def test_a_refresh_token_is_not_an_access_token(
    world: World, http: requests.Session, refresh_token: str
) -> None:
    answer = http.get(
        f"{world.base_url}/google_ads/v26/customers:listAccessibleCustomers",
        headers={"Authorization": f"Bearer {refresh_token}"},
    )

    assert answer.status_code == 401
