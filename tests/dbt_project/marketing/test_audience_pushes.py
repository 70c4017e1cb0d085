"""Pushing audiences to Klaviyo: allowed first, asked for consent last, done once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli import console as console_module
from orchestration.cli.audiences import audience, audience_push, audience_withdraw
from orchestration.cli.audiences.audience_push import SOME_REFUSED
from orchestration.cli.audiences.audience_withdraw import SOME_STAYED
from orchestration.lib.activation.audiences.destination_checks import try_place
from orchestration.lib.activation.audiences.destination_programs import PlaceFailed
from orchestration.lib.activation.audiences.destinations import (
    DestinationRefused,
    NotSwitchedOn,
    SwitchOn,
    load_destination,
    store_destination,
    switch_off,
    switched_on,
)
from orchestration.lib.activation.audiences.push_records import list_pushes, refusals
from orchestration.lib.activation.audiences.pushes import (
    PushRefused,
    PushRequest,
    preview_push,
)
from orchestration.lib.activation.audiences.withdrawals import to_take_back
from orchestration.lib.connections.connection_secrets import rotate_key
from sandbox import klaviyo
from tests.dbt_project.marketplace_rows import marketplace_file, user
from tests.dbt_project.pushed_audiences import PUSHED, Pushing, pushing
from tests.dbt_project.warehouse import Warehouse

Timonel = Callable[..., str]

JOBS = "/profile-bulk-import-jobs"


@pytest.fixture
def to(warehouse: Warehouse, tmp_path: Path) -> Iterator[Pushing]:
    with pushing(warehouse, tmp_path, klaviyo.routes) as found:
        yield found


@pytest.fixture
def timonel(to: Pushing, monkeypatch: pytest.MonkeyPatch) -> Timonel:
    """Run a command of `timonel audience` for acme; what it said."""
    monkeypatch.setenv("TIMONEL_HOME", str(to.settings.home))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", to.url)

    def run(*arguments: str, code: int = 0) -> str:
        said = StringIO()
        for module, name in (
            (audience, "console"),
            (audience_push, "console"),
            (audience_withdraw, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=250))
        command = ["audience", *arguments, "--company", to.pair.acme]
        result = CliRunner().invoke(app, command)
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def test_the_command_line_tells_how_it_went_by_words_and_code(
    to: Pushing, timonel: Timonel, tmp_path: Path
) -> None:
    told = to.world.credentials("tienda_norte", "klaviyo")
    key = tmp_path / "klaviyo.key"
    key.write_text(told.secrets["api_key"] + "\n")
    pushing_it = ("push", "--name", to.name, "--to", "klaviyo")
    to.changes("2", email="buyer2@localhost")

    refused = timonel(*pushing_it, code=1)
    first = timonel(*pushing_it, "--dry-run")
    on = timonel(
        *("switch-on", "klaviyo", "--secret", f"api_key=@{key}"),
        *("--api-url", str(told.settings["api_url"])),
        *("--setting", "poll_seconds=0.01"),
    )
    some = timonel(*pushing_it, code=SOME_REFUSED)
    again = timonel(*pushing_it, code=SOME_REFUSED)
    listed = timonel("list") + timonel("pushes")
    off = timonel("switch-off", "klaviyo")

    assert "switch-on klaviyo" in refused
    assert "Would push 6 customers" in first
    assert "is off: timonel audience switch-on klaviyo" in first
    assert "is on for" in on
    assert "5 customers on the list" in some
    assert "klaviyo refused 1 of" in some
    assert "Already pushed" in again
    assert "klaviyo 5 (1 refused)" in listed
    assert "is off now" in off
    assert told.secrets["api_key"] not in on + some + again + listed
    for pair in (f"api_key={told.secrets['api_key']}", "api_key=@nowhere"):
        said = timonel("switch-on", "klaviyo", "--secret", pair, code=1)
        assert told.secrets["api_key"] not in said


def on_the_list(to: Pushing) -> list[str]:
    ((name, emails),) = to.on_klaviyo().items()
    assert name.startswith(to.name)
    return emails


def test_nothing_is_pushed_before_somebody_switches_it_on(to: Pushing) -> None:
    with pytest.raises(NotSwitchedOn, match=r"switch-on klaviyo.*lists:write"):
        to.push("klaviyo")
    to.allow("klaviyo")
    switch_off(to.url, to.pair.acme, "klaviyo", "ana")
    with pytest.raises(NotSwitchedOn):
        to.push("klaviyo")

    assert to.on_klaviyo() == {}
    assert list_pushes(to.url, to.pair.acme) == []
    assert load_destination(to.url, to.pair.bolt, "klaviyo") is None


def test_the_written_to_are_on_one_list_and_the_held_back_nowhere(to: Pushing) -> None:
    to.allow("klaviyo", batch_size=4)

    done = to.push("klaviyo")

    assert on_the_list(to) == [to.email(number) for number in PUSHED]
    assert (done.is_new, done.push.pushed_count, done.push.state) == (True, 6, "done")
    assert to.on_klaviyo("andes") == {}
    assert "4 of 6 customers given to Klaviyo" in to.log
    (noted,) = to.warehouse.rows(
        """select destination, row_count, is_holdout from ops.audience_exports
        where company_id = %s""",
        [to.pair.acme],
    )
    assert tuple(noted.values()) == ("klaviyo", 6, False)


def test_pushed_again_nothing_is_written(to: Pushing) -> None:
    to.allow("klaviyo")
    first = to.push("klaviyo")
    written = to.requests_to("")

    second = to.push("klaviyo")

    assert second.is_new is False
    assert second.push == first.push
    assert to.requests_to("") == written
    assert len(to.on_klaviyo()) == 1


def test_two_at_once_make_one_list(to: Pushing) -> None:
    to.allow("klaviyo")
    found = []
    both = [
        threading.Thread(target=lambda: found.append(to.push("klaviyo").is_new))
        for _ in range(2)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(found) == [False, True]
    assert len(to.on_klaviyo()) == 1
    assert to.requests_to(JOBS) == 1


def test_consent_taken_back_counts_up_to_the_last_moment(to: Pushing) -> None:
    to.allow("klaviyo", batch_size=3)
    to.changes("1", email_marketing_state="unsubscribed")
    to.changes("2", email=None)
    heard = to.log.append

    def after_the_first_part(line: str) -> None:
        heard(line)
        if line.startswith("3 of 6"):
            to.changes("6", email_marketing_state="unsubscribed")

    to.log = Listener(after_the_first_part)
    done = to.push("klaviyo").push

    assert on_the_list(to) == [to.email(number) for number in ("3", "4", "5")]
    assert (done.pushed_count, done.withdrawn_count, done.unreachable_count) == (
        3,
        2,
        1,
    )


class Listener(list[str]):
    """A log that does something when it is told something."""

    def __init__(self, hear: object) -> None:
        super().__init__()
        self._hear = hear

    def append(self, line: str) -> None:
        self._hear(line)  # type: ignore[operator]


def test_a_refusal_at_the_marketplace_outweighs_the_shop_s_consent(
    to: Pushing,
) -> None:
    to.allow("klaviyo")
    refusals_there = [
        user(f"u{number}", None, email=to.email(number), has_marketing_consent=False)
        for number in PUSHED[1:]
    ]
    to.warehouse.load(to.pair.acme, marketplace_file("users", *refusals_there))

    done = to.push("klaviyo").push

    assert on_the_list(to) == [to.email("1")]
    assert (done.pushed_count, done.withdrawn_count) == (1, 5)


def test_who_withdrew_since_is_taken_off_the_list_once(to: Pushing) -> None:
    to.allow("klaviyo", batch_size=2)
    to.allow("klaviyo", to.pair.bolt)
    to.push("klaviyo")
    to.push("klaviyo", to.pair.bolt)
    for number in ("1", "3", "5"):
        to.changes(number, email_marketing_state="unsubscribed")
    (push,) = list_pushes(to.url, to.pair.acme)
    assert len(to_take_back(to.url, push)) == 3

    (first,) = to.withdraw()
    (again,) = to.withdraw("klaviyo")

    assert on_the_list(to) == [to.email(number) for number in ("2", "4", "6")]
    assert (first.taken_back_count, first.unknown_count) == (3, 0)
    assert again.taken_back_count == 0
    (push,) = list_pushes(to.url, to.pair.acme)
    # They were given all the same: what the list brought is compared with them in it.
    assert (push.pushed_count, push.taken_back_count) == (6, 3)
    assert to_take_back(to.url, push) == []
    # Bolt's customers have the same ids.
    ((_, andes),) = to.on_klaviyo("andes").items()
    assert len(andes) == 6
    assert len(to_take_back(to.url, list_pushes(to.url, to.pair.bolt)[0])) == 0
    assert to.push("klaviyo").is_new is False


def test_who_withdrew_and_has_no_address_any_more_is_told(
    to: Pushing, timonel: Timonel
) -> None:
    to.allow("klaviyo")
    to.push("klaviyo")
    to.changes("1", email_marketing_state="unsubscribed")
    to.changes("2", email=None, email_marketing_state="unsubscribed")

    before = timonel("pushes")
    said = timonel("withdraw", "--name", to.name, code=SOME_STAYED)
    after = timonel("pushes")

    assert "On lists without consent: timonel audience withdraw" in before
    assert "1 taken off the list" in said
    assert "1 more withdrew, and no source tells their address" in said
    assert on_the_list(to) == [to.email(number) for number in PUSHED[1:]]
    assert [line for line in after.splitlines() if "withdrew since" in line] == [
        "  pushed 6, refused 0, withdrawn 0, unreachable 0, withdrew since 1, "
        "taken back 1"
    ]
    assert "Nothing of that was pushed" in timonel("withdraw", "--name", "x", code=1)


def test_nobody_is_taken_back_where_writing_is_off(to: Pushing) -> None:
    to.allow("klaviyo")
    to.push("klaviyo")
    to.changes("1", email_marketing_state="unsubscribed")
    switch_off(to.url, to.pair.acme, "klaviyo", "ana")

    with pytest.raises(NotSwitchedOn):
        to.withdraw()
    assert len(on_the_list(to)) == 6


def test_a_dry_run_counts_and_writes_nothing(to: Pushing) -> None:
    to.changes("1", email_marketing_state="unsubscribed")
    request = PushRequest(to.pair.acme, to.name, "klaviyo", "ana")

    told = preview_push(to.url, request)

    assert (told.would_push_count, told.withdrawn_count) == (5, 1)
    assert told.is_switched_on is False
    assert list_pushes(to.url, to.pair.acme) == []
    assert to.on_klaviyo() == {}


def test_whom_the_place_refuses_is_counted_with_its_reason(to: Pushing) -> None:
    to.allow("klaviyo", batch_size=4)
    for number in ("2", "4", "6"):
        to.changes(number, email=f"buyer{number}@localhost")

    done = to.push("klaviyo").push

    assert on_the_list(to) == [to.email(number) for number in ("1", "3", "5")]
    assert (done.pushed_count, done.refused_count, done.state) == (3, 3, "done")
    # Its words, without the address.
    assert refusals(to.url, done) == {"'(address)' is not a valid email address.": 3}
    refused = to.warehouse.rows(
        """select customer_id from ops.audience_push_members
        where company_id = %s and outcome = 'refused' order by customer_id""",
        [to.pair.acme],
    )
    assert [row["customer_id"] for row in refused] == [f"shopify/{n}" for n in "246"]


def test_nobody_left_is_told_and_no_list_is_made(to: Pushing) -> None:
    to.allow("klaviyo")
    for number in PUSHED:
        to.changes(number, email_marketing_state="unsubscribed")

    with pytest.raises(PushRefused, match="6 took their consent back"):
        to.push("klaviyo")
    assert to.on_klaviyo() == {}

    to.changes("1")
    assert to.push("klaviyo").push.pushed_count == 1


def test_a_killed_push_goes_on_where_it_stopped(to: Pushing, tmp_path: Path) -> None:
    to.allow("klaviyo", batch_size=2)
    to.fail("timeout", path_contains=JOBS, after=4, times=1, seconds=60)
    command = [
        *(sys.executable, "-c", "from orchestration.cli import app; app()"),
        *("audience", "push"),
        *("--company", to.pair.acme, "--name", to.name, "--to", "klaviyo"),
    ]
    environment = {
        **os.environ,
        "TIMONEL_HOME": str(to.settings.home),
        "TIMONEL_DATABASE_URL": to.url,
    }
    with subprocess.Popen(command, env=environment, cwd=Path.cwd()) as killed:
        # The first part is kept, and the second hangs at Klaviyo.
        with psycopg.connect(to.url, autocommit=True) as database:
            while not database.execute(
                """select 1 from ops.audience_pushes
                where company_id = %s and pushed_count = 2""",
                [to.pair.acme],
            ).fetchone():
                assert killed.poll() is None, "it ended before it could be killed"
        killed.send_signal(signal.SIGKILL)
    (left,) = list_pushes(to.url, to.pair.acme)
    assert (left.state, left.list_id is not None) == ("running", True)
    to.http.delete(f"{to.world.base_url}/_sandbox/faults").raise_for_status()

    done = to.push("klaviyo")

    assert on_the_list(to) == [to.email(number) for number in PUSHED]
    assert (done.is_new, done.push.pushed_count) == (True, 6)
    assert to.requests_to("/lists") == 1


def test_a_list_whose_answer_was_lost_is_found_and_not_made_twice(to: Pushing) -> None:
    to.allow("klaviyo")
    # The list is made; of the answer only half arrives.
    to.fail("truncated_body", path_contains="/lists", after=1, times=1)

    to.push("klaviyo")

    assert on_the_list(to) == [to.email(number) for number in PUSHED]
    assert to.requests_to("/lists") == 1


def test_a_place_that_is_busy_is_asked_again_when_it_says(to: Pushing) -> None:
    to.allow("klaviyo")
    to.fail("throttle", path_contains=JOBS, times=1, retry_after=0)
    to.fail("server_error", path_contains="/lists", times=1)

    assert to.push("klaviyo").push.pushed_count == 6
    assert any("HTTP 429" in line for line in to.log)


def test_a_key_that_is_refused_is_told_without_the_key(to: Pushing) -> None:
    to.allow("klaviyo")
    key = to.world.credentials("tienda_norte", "klaviyo").secrets["api_key"]
    to.world.tokens.revoke("tienda_norte", "klaviyo")

    with pytest.raises(PlaceFailed, match=r"401.*private key.*go on with") as refused:
        to.push("klaviyo")

    (push,) = list_pushes(to.url, to.pair.acme)
    assert (push.state, push.pushed_count) == ("failed", 0)
    assert key not in f"{refused.value}{push.reason}{to.log}"
    stored = to.warehouse.rows(
        "select encrypted_secrets::text as sealed from ops.audience_destinations"
    )
    assert key not in str(stored)


def test_a_right_that_is_missing_stops_it_before_anybody_is_given(to: Pushing) -> None:
    to.allow("klaviyo")
    to.world.grant(
        "tienda_norte", "klaviyo", ("lists:read", "lists:write", "profiles:read")
    )

    with pytest.raises(PlaceFailed, match="profiles:write"):
        to.push("klaviyo")
    assert on_the_list(to) == []

    to.world.grant("tienda_norte", "klaviyo", ())
    place = switched_on(to.url, to.pair.acme, "klaviyo")
    with pytest.raises(PlaceFailed, match="lists:read"):
        try_place(to.url, to.settings, place)
    with pytest.raises(NotSwitchedOn):
        switched_on(to.url, to.pair.acme, "klaviyo")


def test_two_companies_with_the_same_customers_stay_apart(to: Pushing) -> None:
    to.allow("klaviyo")
    to.allow("klaviyo", to.pair.bolt)
    to.push("klaviyo")
    to.push("klaviyo", to.pair.bolt)

    ((_, andes),) = to.on_klaviyo("andes").items()
    assert andes == [to.email(number, to.pair.bolt) for number in PUSHED]
    assert on_the_list(to) == [to.email(number) for number in PUSHED]
    reader = to.warehouse.add_reader(to.pair.bolt)
    for table in ("audience_pushes", "audience_push_members", "audience_destinations"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            to.warehouse.rows(f"select 1 from ops.{table}", role=reader)


def test_a_key_is_needed_and_survives_another_lock(to: Pushing) -> None:
    keyless = SwitchOn(to.pair.acme, "klaviyo", "ana")
    with pytest.raises(DestinationRefused, match="--secret api_key=@FILE"):
        store_destination(to.url, to.settings, keyless)
    to.allow("klaviyo")
    assert rotate_key(to.url, to.settings) >= 1

    assert to.push("klaviyo").push.pushed_count == 6
