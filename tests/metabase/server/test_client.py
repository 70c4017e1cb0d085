"""A client speaks as its environment says, which it asks once."""

from __future__ import annotations

from pathlib import Path

import pytest

from metabase.content.errors import MetabaseError
from metabase.server.client import Admin, Metabase, sign_in
from tests.metabase.server.double import FakeMetabase
from tests.metabase.server.serving import serving

ELSEWHERE = "http://metabase.example"
ADMIN = Admin("admin@example.com", "admin secret")


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(FakeMetabase()) as url:
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.setenv("no_proxy", "")

        answer = Metabase(ELSEWHERE).get("/api/session/properties")

    assert answer["has-user-setup"] is False


def test_an_answer_that_is_cut_off_is_an_error_that_says_what_was_asked() -> None:
    fake = FakeMetabase()
    fake.dies_after_writes = 0

    with serving(fake) as url, pytest.raises(MetabaseError) as error:
        sign_in(Metabase(url), ADMIN, language="es")

    assert str(error.value).startswith(f"POST /api/setup: no answer from {url}")
    assert fake.admin is not None


def test_a_host_that_needs_no_proxy_is_spoken_to_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    with serving(FakeMetabase()) as url:
        assert Metabase(url).is_healthy()


def test_the_certificates_of_the_environment_are_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/own.pem")

    assert Metabase(ELSEWHERE)._session.verify == "/etc/own.pem"


def test_a_password_of_the_netrc_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine metabase.example login ana password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    assert Metabase(ELSEWHERE)._session.auth == ("ana", "secret")
