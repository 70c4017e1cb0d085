"""Pushing to Meta and to the shop itself, with the access that reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration.lib.activation.audiences.destination_checks import try_place
from orchestration.lib.activation.audiences.destination_programs import PlaceFailed
from orchestration.lib.activation.audiences.destinations import (
    DestinationRefused,
    switched_on,
)
from orchestration.lib.activation.audiences.push_records import refusals
from orchestration.lib.connections.connection_secrets import save_secrets
from orchestration.lib.connections.connections import Connection, add_connection
from sandbox import meta_ads, shopify
from sandbox.shopify.documents import customer_versions
from sandbox.simulation.companies import TIENDA_NORTE
from tests.dbt_project.pushed_audiences import HELD_BACK, PUSHED, Pushing, pushing
from tests.dbt_project.warehouse import Warehouse
from tests.sandbox.shopify.shops import a_customer

SLUG = "tienda_norte"


@pytest.fixture
def to(warehouse: Warehouse, tmp_path: Path) -> Iterator[Pushing]:
    """Acme reads Tienda Norte's account at Meta and its shop, and may write to both."""
    with pushing(warehouse, tmp_path, meta_ads.routes, shopify.routes) as found:
        for source in ("meta_ads", "shopify"):
            told = found.world.credentials(SLUG, source)
            connection = Connection(
                found.pair.acme, source, source, dict(told.settings)
            )
            add_connection(found.url, connection)
            save_secrets(
                *(found.url, found.settings, found.pair.acme, source, told.secrets)
            )
        found.world.grant(SLUG, "meta_ads", ("ads_read", "ads_management"))
        scopes = (*TIENDA_NORTE.scopes, "write_customers")
        found.world.grant(SLUG, "shopify", scopes)
        for number in ("1", "2", "3", "4", "5", *HELD_BACK):
            found.world.store.add(
                SLUG, "shopify/customers", customer_versions(a_customer(int(number)))
            )
        yield found


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def at_meta(to: Pushing) -> dict[str, list[list[str]]]:
    """What identifies the people of each audience, by its name."""
    told: dict[str, list[list[str]]] = to.world.secrets_kept["meta_ads"].told(
        TIENDA_NORTE.meta_account_id
    )
    return told


def tags_of(to: Pushing, number: str) -> list[str]:
    document = to.world.store.get(SLUG, "shopify/customers", number)
    assert document is not None
    return [tag for tag in str(document.body).split('"') if tag.startswith("timonel-")]


def test_meta_gets_hashes_of_the_written_to_and_of_nobody_else(to: Pushing) -> None:
    to.allow("meta", batch_size=4)

    done = to.push("meta").push

    ((name, users),) = at_meta(to).items()
    assert name == done.list_name
    assert {user[0] for user in users} == {hashed(to.email(n)) for n in PUSHED}
    assert users[0][2] == hashed("zoë")
    assert (done.pushed_count, done.refused_count) == (6, 0)
    again = to.push("meta")
    assert again.is_new is False
    assert len(at_meta(to)) == 1


def test_an_audience_whose_answer_was_lost_is_not_made_twice(to: Pushing) -> None:
    to.allow("meta")
    to.fail("truncated_body", path_contains="/customaudiences", after=1, times=1)

    to.push("meta")

    ((_, users),) = at_meta(to).items()
    assert len(users) == 6


def sessions(to: Pushing) -> list[str]:
    """The numbers of the uploads that Meta saw for the one audience there is."""
    (audience,) = to.world.secrets_kept["meta_ads"].of(TIENDA_NORTE.meta_account_id)
    return list(audience.sessions)


@pytest.mark.parametrize("lost", [1, 2])
def test_people_whose_answer_was_lost_are_given_again_in_a_new_session(
    to: Pushing, lost: int
) -> None:
    to.allow("meta", batch_size=3)
    # Meta takes the part, the last of which ends the session; half an answer comes.
    to.fail("truncated_body", path_contains="/users", after=lost - 1, times=1)

    done = to.push("meta").push

    ((_, users),) = at_meta(to).items()
    assert {user[0] for user in users} == {hashed(to.email(n)) for n in PUSHED}
    assert (done.state, done.pushed_count, done.refused_count) == ("done", 6, 0)
    assert len(sessions(to)) == 2


def test_a_push_that_stopped_goes_on_long_after_its_session_ended(to: Pushing) -> None:
    to.allow("meta", batch_size=3)

    class Revoked(list[str]):
        def append(self, line: str) -> None:
            if line.startswith("3 of 6"):
                to.world.grant(SLUG, "meta_ads", ("ads_read",))

    to.log = Revoked()
    with pytest.raises(PlaceFailed, match=r"ads_management.*go on with"):
        to.push("meta")
    to.world.grant(SLUG, "meta_ads", ("ads_read", "ads_management"))
    to.world.clock.shift(timedelta(days=3))
    to.log = []

    done = to.push("meta").push

    ((_, users),) = at_meta(to).items()
    assert len(users) == 6
    assert (done.state, done.pushed_count) == ("done", 6)


def test_a_session_that_ends_while_it_is_used_is_followed_by_another(
    to: Pushing,
) -> None:
    to.allow("meta", batch_size=3)

    class Slow(list[str]):
        def append(self, line: str) -> None:
            if line.startswith("3 of 6"):
                to.world.clock.shift(timedelta(hours=2))

    to.log = Slow()
    assert to.push("meta").push.pushed_count == 6
    assert len(sessions(to)) == 2


def test_meta_says_how_many_it_cannot_read_and_not_whom(
    to: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    to.allow("meta")
    add = to.world.secrets_kept["meta_ads"].add

    def half(*given: object) -> dict[str, object]:
        told: dict[str, object] = add(*given)
        return {**told, "num_invalid_entries": 3}

    monkeypatch.setattr(to.world.secrets_kept["meta_ads"], "add", half)
    done = to.push("meta").push

    assert (done.pushed_count, done.refused_count) == (3, 3)
    assert list(refusals(to.url, done).values()) == [3]


def test_meta_without_the_right_stays_off(to: Pushing) -> None:
    to.world.grant(SLUG, "meta_ads", ("ads_read",))
    to.allow("meta")
    place = switched_on(to.url, to.pair.acme, "meta")

    with pytest.raises(PlaceFailed, match="ads_management"):
        to.push("meta")
    with pytest.raises(DestinationRefused, match="does not allow ads_management"):
        try_place(to.url, to.settings, place)
    assert at_meta(to) == {}


def test_who_withdrew_since_is_taken_off_at_meta_and_at_the_shop(to: Pushing) -> None:
    to.allow("meta", batch_size=3)
    to.allow("shopify", batch_size=3)
    to.push("meta")
    tag = to.push("shopify").push.list_id
    # The number is refused with the address; by the address Meta knows them.
    refused = dict.fromkeys(
        ("email_marketing_state", "phone_marketing_state"), "unsubscribed"
    )
    for number in ("1", "4"):
        to.changes(number, **refused)

    done = {each.push.destination: each for each in to.withdraw()}

    ((_, users),) = at_meta(to).items()
    assert {user[0] for user in users} == {hashed(to.email(n)) for n in "2356"}
    assert {n for n in "12345" if tags_of(to, n) == [tag]} == {"2", "3", "5"}
    for each in done.values():
        assert (each.taken_back_count, each.unknown_count) == (2, 0)
        assert each.refused == {}


def test_whom_the_shop_does_not_find_to_take_back_is_told(to: Pushing) -> None:
    to.allow("shopify")
    to.push("shopify")
    to.changes("1", email_marketing_state="unsubscribed")
    to.changes("2", email=None, email_marketing_state="unsubscribed")
    # The shop had 6 when it was pushed, and deleted them since.
    to.changes("6", email_marketing_state="unsubscribed")
    to.warehouse.execute(
        """update ops.audience_push_members set outcome = 'pushed'
        where company_id = %s and customer_id = 'shopify/6'""",
        [to.pair.acme],
    )

    (done,) = to.withdraw()

    # The shop knows its customers by their ids, with an address or without.
    assert (done.taken_back_count, done.unknown_count) == (2, 0)
    assert done.refused == {"Customer does not exist": 1}
    assert tags_of(to, "1") == tags_of(to, "2") == []


def test_the_shop_tags_its_customers_and_tells_whom_it_does_not_know(
    to: Pushing,
) -> None:
    to.allow("shopify", batch_size=4)

    done = to.push("shopify").push

    assert (done.pushed_count, done.refused_count) == (5, 1)
    assert refusals(to.url, done) == {"Customer does not exist": 1}
    for number in ("1", "2", "3", "4", "5"):
        assert tags_of(to, number) == [done.list_id]
    for number in HELD_BACK:
        assert tags_of(to, number) == []
    assert len(done.list_id or "") <= 40


def test_a_shop_that_is_busy_is_waited_for(to: Pushing) -> None:
    to.allow("shopify")
    to.fail("shopify_throttle", path_contains="graphql", after=1, times=1)

    assert to.push("shopify").push.pushed_count == 5


def test_a_shop_without_the_scope_is_told_by_name(to: Pushing) -> None:
    to.world.grant(SLUG, "shopify", TIENDA_NORTE.scopes)
    to.allow("shopify")

    with pytest.raises(PlaceFailed, match=r"write_customers.*go on with"):
        to.push("shopify")
    assert tags_of(to, "1") == []
    place = switched_on(to.url, to.pair.acme, "shopify")
    with pytest.raises(DestinationRefused, match="write_customers"):
        try_place(to.url, to.settings, place)


def test_a_company_without_a_connection_has_nothing_to_write_with(to: Pushing) -> None:
    with pytest.raises(DestinationRefused, match="none yet"):
        to.allow("shopify", to.pair.bolt)
