"""Consent becomes a token; rotating tokens are kept before they are used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from orchestration.lib.connections.connection_secrets import load_secrets
from orchestration.lib.connections.connections import Connection
from orchestration.lib.connections.oauth import ConsentFailed, ask_for_consent
from orchestration.lib.connections.tokens import TokenRefused, secrets_for_tap
from orchestration.lib.core.settings import Settings
from tests.orchestration.conftest import Shop
from tests.orchestration.source_double import AuthorizationServer, authorization_server


@pytest.fixture
def source() -> Iterator[AuthorizationServer]:
    with authorization_server() as server:
        yield server


def _connection(source: AuthorizationServer, slug: str = "shopify") -> Connection:
    settings = {"client_id": "our-app", "api_url": source.url, "token_url": source.url}
    settings["authorize_url"] = f"{source.url}/authorize"
    return Connection("acme", "shop", slug, settings)


def _give_access(address: str) -> None:
    """What the browser does, while we wait for the callback."""
    threading.Thread(target=requests.get, args=(address,), daemon=True).start()


class TestConsent:
    @pytest.mark.parametrize(
        ("slug", "expected"),
        [
            ("google_ads", {"refresh_token": "refresh-token-1"}),
            ("meta_ads", {"access_token": "access-token-2"}),
        ],
    )
    def test_the_token_that_lasts_is_kept(
        self, source: AuthorizationServer, slug: str, expected: dict[str, str]
    ) -> None:
        secrets = ask_for_consent(
            _connection(source, slug), "our-secret", _give_access, port=0
        )

        assert secrets == expected
        assert source.forms[0]["client_secret"] == "our-secret"
        assert len(source.forms[0]["code_verifier"]) >= 43

    def test_a_rotating_source_gives_both_tokens_and_their_end(
        self, source: AuthorizationServer
    ) -> None:
        secrets = ask_for_consent(_connection(source), "s", _give_access, port=0)

        assert secrets.keys() == {
            "access_token",
            "refresh_token",
            "access_token_expires_at",
        }
        assert source.forms[0]["expiring"] == "1"

    def test_an_answer_to_another_question_is_refused(
        self, source: AuthorizationServer
    ) -> None:
        source.forged_state = "not-ours"

        with pytest.raises(ConsentFailed, match="another state"):
            ask_for_consent(_connection(source), "s", _give_access, port=0)
        assert source.forms == []

    def test_a_person_who_says_no_is_understood(
        self, source: AuthorizationServer
    ) -> None:
        source.refusal = "access_denied"

        with pytest.raises(ConsentFailed, match="access_denied"):
            ask_for_consent(_connection(source), "s", _give_access, port=0)


class TestRotation:
    def _connected(
        self, shop: Shop, source: AuthorizationServer, **secrets: Any
    ) -> Connection:
        return shop.connect(
            secrets={
                "refresh_token": "refresh-token-0",
                "client_secret": "our-secret",
                **secrets,
            },
            client_id="our-app",
            token_url=source.url,
        )

    def test_the_tap_gets_an_access_token_and_nothing_else(
        self, shop: Shop, source: AuthorizationServer, settings: Settings
    ) -> None:
        connection = self._connected(shop, source)

        secrets = secrets_for_tap(shop.url, settings, connection)

        assert secrets == {"access_token": "access-token-1"}
        kept = load_secrets(shop.url, settings, "acme", "shop")
        assert kept["refresh_token"] == "refresh-token-1"

    def test_a_token_with_time_left_is_not_replaced(
        self, shop: Shop, source: AuthorizationServer, settings: Settings
    ) -> None:
        connection = self._connected(shop, source)
        first = secrets_for_tap(shop.url, settings, connection)

        assert secrets_for_tap(shop.url, settings, connection) == first
        assert len(source.forms) == 1

    def test_a_refresh_token_that_was_used_says_how_to_go_on(
        self, shop: Shop, source: AuthorizationServer, settings: Settings
    ) -> None:
        connection = self._connected(shop, source, refresh_token="used")

        with pytest.raises(TokenRefused, match=r"invalid_grant.*--oauth"):
            secrets_for_tap(shop.url, settings, connection)

    def test_a_source_that_does_not_answer_costs_no_token(
        self, shop: Shop, source: AuthorizationServer, settings: Settings
    ) -> None:
        self._connected(shop, source)
        connection = shop.connect(
            secrets={"refresh_token": "refresh-token-0"}, token_url="http://127.0.0.1:1"
        )

        with pytest.raises(TokenRefused, match="nothing was lost"):
            secrets_for_tap(shop.url, settings, connection)
        kept = load_secrets(shop.url, settings, "acme", "shop")
        assert kept == {"refresh_token": "refresh-token-0"}

    def test_a_token_that_ran_out_during_a_run_is_replaced_once(
        self, shop: Shop, source: AuthorizationServer
    ) -> None:
        connection = self._connected(shop, source)
        # The first start of the tap gets access-token-1, the second access-token-2.
        shop.connect(
            secrets=load_secrets(shop.url, shop.settings, "acme", "shop"),
            **connection.settings | {"valid_token": "access-token-2"},
        )

        reading = shop.read()

        assert reading.failures == ()
        assert len(source.forms) == 2
        assert len(shop.rows("select 1 from raw_shopify.orders")) == 2
