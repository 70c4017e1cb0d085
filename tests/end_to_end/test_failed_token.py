"""A source that refuses its token is told once, climbs, stops at an answer, ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from orchestration.lib.connections.connection_secrets import save_secrets
from orchestration.lib.connections.connections import remove_connection
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import Sandbox, SandboxWorld, running_sandbox
from orchestration.lib.tenancy.example_companies import adopt_company
from tests.end_to_end.alarms import People, told_people
from tests.end_to_end.conftest import Timonel

COMPANY, REFUSED = "tienda_norte", "meta_ads"
_BESIDE = ("search_console", "weather", "calendar")
TITLE, HEADLINE = "La conexión Meta Ads falla", "The connection Meta Ads fails"
LATEST_RUN = """
    select status, failed_asset, message from ops.runs order by started_at desc limit 1
"""
PUBLISHED = """
    select count(*) > 0, bool_or(is_stale) from reporting.customer_value_totals
    where company_id = 'tienda_norte'
"""


@dataclass(frozen=True)
class Shop:
    """A company that reads a small shop of the sandbox, with its ads."""

    timonel: Timonel
    sandbox: Sandbox

    def control(self, name: str) -> dict[str, Any]:
        """Have the source refuse its tokens (revoke), or give new ones (rotate)."""
        answer = requests.post(
            f"{self.sandbox.url}/_sandbox/{name}",
            json={"company": COMPANY, "source": REFUSED},
            timeout=60,
        )
        answer.raise_for_status()
        return dict(answer.json())


@pytest.fixture
def shop(timonel: Timonel) -> Iterator[Shop]:
    settings = Settings(timonel.home, timonel.url)
    world = SandboxWorld(customers=300)
    with running_sandbox(settings, world) as sandbox:
        adopt_company(timonel.url, settings, sandbox, COMPANY)
        # What they are asked is no matter of this test.
        for slug in _BESIDE:
            remove_connection(timonel.url, COMPANY, slug)
        yield Shop(timonel, sandbox)


def test_a_failed_token_is_told_until_somebody_answers_and_until_it_works_again(
    shop: Shop,
) -> None:
    timonel = shop.timonel
    timonel.run("run")
    with told_people(timonel, COMPANY) as people:
        shop.control("revoke")
        said = timonel.run("run", exit_code=1)
        assert f"{COMPANY}/{REFUSED}" in said
        ((status, asset, message),) = timonel.rows(LATEST_RUN)
        assert isinstance(asset, list)
        assert (status, asset[0]) == ("failed", "raw_meta_ads")
        # What the other sources brought is published all the same.
        assert timonel.rows(PUBLISHED) == [(True, False)]

        _is_told_until_somebody_answers(timonel, people)

        secrets = shop.control("rotate")["secrets"]
        settings = Settings(timonel.home, timonel.url)
        save_secrets(timonel.url, settings, COMPANY, REFUSED, secrets)
        for secret in secrets.values():
            assert secret not in said
            assert secret not in str(message)
        timonel.run("run")
        for hour in (3.5, 4.0):
            people.at(hour)
        assert people.told("falla")[2:] == [f"[resuelta] Tienda Norte: {TITLE}"]
        assert (TITLE, "over", "ana") in people.shown()


def _is_told_until_somebody_answers(timonel: Timonel, people: People) -> None:
    for minute in (0, 5, 6):
        people.at(minute / 60)
    assert people.told(TITLE) == [f"[alta] Tienda Norte: {TITLE}"]
    assert len(people.told(HEADLINE)) == 1
    assert (TITLE, "open", None) in people.shown()

    people.at(1.5)
    assert people.told("sin atender") == [f"[alta, sin atender] Tienda Norte: {TITLE}"]
    assert len(people.told("nobody answered")) == 1

    numbers = timonel.rows("select alert_id from ops.alerts where resolved_at is null")
    for (number,) in numbers:
        timonel.run("alerts", "ack", str(number), "--company", COMPANY, "--by", "ana")
    told = len(people.mailbox.mails), len(people.hook.posts)
    for hour in (2.0, 2.5, 3.0):
        people.at(hour)
    assert (len(people.mailbox.mails), len(people.hook.posts)) == told
    assert (TITLE, "acknowledged", "ana") in people.shown()
