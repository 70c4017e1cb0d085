"""Reports by mail: to whom was named, at the company's hour, and written once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml
from typer.testing import CliRunner

from metabase.cli import app
from metabase.content.errors import DriftFoundError
from metabase.content.load import CONTENT_ROOT
from metabase.content.schedules import Schedule, UnsupportedSchedule, shift
from metabase.content.settings import chosen_language, load_settings, save_settings
from metabase.content.warehouse import connect_as_admin
from metabase.server.subscriptions import as_sent
from tests.metabase.server.servers import Server, without_top

SUMMER, WINTER = (datetime(2026, month, 15, tzinfo=UTC) for month in (1, 7))
DAILY, WEEKLY = Schedule("daily", 8), Schedule("weekly", 9, "mon")
MONTHLY = Schedule("monthly", 10, "first")
RENAMED = "clientes:\n    title: Compradores"
WEEKLY_PANEL = "weekly: {dashboard: panel"
KIND = "subscription"


def _name(server: Server, **recipients: str) -> None:
    options = [part for key, told in recipients.items() for part in (f"--{key}", told)]
    url = server.request.database_url
    done = CliRunner().invoke(
        app, ["settings", "--company", "acme", "--database-url", url, *options]
    )
    assert done.exit_code == 0, done.output
    server.fake.settings["email-configured?"] = True


def test_nobody_is_mailed_until_somebody_is_named(small: Server) -> None:
    small.fake.settings["email-configured?"] = True

    small.run()

    assert small.fake.pulses == {}
    assert (
        "skipped subscription Informe diario: Clientes of acme (nobody is named; "
        "timonel metabase settings --company acme --daily ADDRESS)"
    ) in small.plan()
    assert small.pending() == []


def test_a_server_without_mail_is_told_so(small: Server) -> None:
    _name(small, daily="ana@example.com")
    small.fake.settings["email-configured?"] = False

    small.run()

    assert small.fake.pulses == {}
    assert any("cannot send mail" in one for one in small.plan())


def test_each_rhythm_is_written_as_the_owner_asked(small: Server) -> None:
    _name(
        small,
        daily="team@example.com,manager@example.com",
        weekly="executives@example.com",
        monthly="ceo@example.com",
    )

    small.run()

    told = {
        channel["schedule_type"]: (
            channel["schedule_day"],
            channel["schedule_frame"],
            channel["schedule_hour"],
            [person["email"] for person in channel["recipients"]],
        )
        for one in small.fake.pulses.values()
        for channel in one["channels"]
    }
    assert told == {
        "daily": (None, None, 8, ["manager@example.com", "team@example.com"]),
        "weekly": ("mon", None, 9, ["executives@example.com"]),
        "monthly": (None, "first", 10, ["ceo@example.com"]),
    }
    page = small.named(small.fake.dashboards, "Clientes")
    for one in small.fake.pulses.values():
        assert one["dashboard_id"] == page
        assert len(one["cards"]) == len(small.page()["dashcards"])


def test_a_second_apply_mails_nobody(small: Server) -> None:
    _name(small, daily="ana@example.com", weekly="ana@example.com")
    small.run()
    small.fake.mails.clear()

    small.run()

    assert small.written() == []
    assert small.fake.mails == []


def test_who_is_named_anew_changes_that_report_only(small: Server) -> None:
    _name(small, daily="ana@example.com", weekly="ana@example.com")
    small.run()
    small.fake.mails.clear()
    _name(small, daily="ana@example.com,bea@example.com")

    changes = small.run()

    assert changes == [
        "update subscription Informe diario: Clientes of acme (channels)"
    ]
    assert small.fake.mails == ["ana@example.com", "bea@example.com"]


def test_a_report_that_nobody_gets_any_more_is_put_away_and_may_return(
    small: Server,
) -> None:
    _name(small, daily="ana@example.com")
    small.run()
    ids = set(small.fake.pulses)
    _name(small, daily="none")

    gone = small.run()
    again = small.run()
    _name(small, daily="bea@example.com")
    small.run()

    assert gone == ["archive subscription Informe diario: Clientes of acme"]
    assert again == []
    assert set(small.fake.pulses) == ids
    (pulse,) = small.fake.pulses.values()
    assert not pulse["archived"]


def _change_the_page(server: Server) -> None:
    """Another name, and a card less."""
    server.edit("labels/es.yml", "clientes:\n    title: Clientes", RENAMED)
    without_top(server.request.root)


def test_a_page_that_changes_takes_its_reports_along_and_mails_nobody(
    small: Server,
) -> None:
    _name(small, daily="ana@example.com")
    small.run()
    small.fake.mails.clear()
    _change_the_page(small)

    told = small.run()

    (pulse,) = small.fake.pulses.values()
    assert pulse["name"] == "Compradores"
    assert len(pulse["cards"]) == len(small.page("Compradores")["dashcards"])
    assert not [one for one in told if "subscription" in one]
    assert small.fake.mails == []
    assert small.run() == []


def test_what_the_server_rewrote_by_itself_is_no_drift(small: Server) -> None:
    """The run died after the page was written, and who gets it has changed too."""
    _name(small, daily="ana@example.com")
    small.run()
    (pulse,) = small.fake.pulses.values()
    pulse["cards"] = pulse["cards"][1:]
    pulse["name"] = "Another name of the page"
    _name(small, daily="bea@example.com")

    told = small.run()

    assert told == [
        "update subscription Informe diario: Clientes of acme (cards, channels)"
    ]
    assert len(pulse["cards"]) == len(small.page()["dashcards"])
    assert small.run() == []


def test_rows_that_people_chose_to_attach_stay_attached(small: Server) -> None:
    _name(small, daily="ana@example.com")
    small.run()
    (pulse,) = small.fake.pulses.values()
    pulse["cards"][0]["include_csv"] = True
    assert small.pending() == []
    _name(small, daily="bea@example.com")

    small.run()

    assert [one["include_csv"] for one in pulse["cards"]].count(True) == 1


def test_a_report_changed_by_hand_is_drift(small: Server) -> None:
    _name(small, daily="ana@example.com")
    small.run()
    (pulse,) = small.fake.pulses.values()
    pulse["channels"][0]["schedule_hour"] = 3

    with pytest.raises(DriftFoundError, match=r"changed on the server: channels"):
        small.run()


def test_a_report_that_went_with_its_page_is_made_again(small: Server) -> None:
    _name(small, daily="ana@example.com")
    small.run()
    page = small.named(small.fake.dashboards, "Clientes")
    small.fake.put_dashboard(page, {"archived": True})
    assert small.fake.pulses == {}

    told = small.run(force=True)

    assert (
        "create subscription Informe diario: Clientes of acme "
        "(the server deletes it when its page is archived)"
    ) in told
    assert [one["dashboard_id"] for one in small.fake.pulses.values()] == [page]
    assert small.run() == []


def test_another_page_is_another_report_and_the_former_is_put_away(
    setting: Server,
) -> None:
    _name(setting, weekly="ana@example.com")
    setting.run(company_ids=("acme",))
    (former,) = setting.fake.pulses
    setting.edit("delivery.yml", "weekly: {dashboard: clientes", WEEKLY_PANEL)

    told = setting.run(company_ids=("acme",))

    assert told == [
        "create subscription Informe semanal: Dashboard of acme",
        "archive subscription Informe semanal: Clientes of acme",
    ]
    assert setting.fake.pulses[former]["archived"]
    assert setting.run(company_ids=("acme",)) == []


def test_a_report_known_by_its_rhythm_alone_is_taken_over(small: Server) -> None:
    """As versions before pages were part of what it is known by wrote it."""
    _name(small, daily="ana@example.com")
    small.run()
    small.sql("update ops.metabase_objects set key = 'daily' where kind = %s", KIND)
    small.fake.mails.clear()

    told = small.run()

    assert told == ["adopt subscription Informe diario: Clientes of acme"]
    assert len(small.fake.pulses) == 1
    assert small.fake.mails == []
    assert small.run() == []


def test_a_report_of_the_same_page_that_people_made_is_left_alone(
    small: Server,
) -> None:
    _name(small, daily="ana@example.com")
    small.run()
    (ours,) = small.fake.pulses
    body = as_sent(small.fake.get_pulse(ours))
    del body["archived"]
    body["channels"][0]["recipients"] = [{"email": "own@example.com"}]
    page = small.named(small.fake.dashboards, "Clientes")
    theirs = small.fake.post_pulse({**body, "name": "x", "dashboard_id": page})["id"]
    small.sql("delete from ops.metabase_objects where kind = %s", KIND)

    told = small.run()

    assert told == ["adopt subscription Informe diario: Clientes of acme"]
    (channel,) = small.fake.pulses[theirs]["channels"]
    assert channel["recipients"] == [{"email": "own@example.com"}]


def test_no_two_rhythms_mail_the_same_page_or_report() -> None:
    told = yaml.safe_load((CONTENT_ROOT / "delivery.yml").read_text())

    pages = [one["dashboard"] for one in told["subscriptions"].values()]
    assert len(set(pages)) == len(pages) == len(set(told["reports"].values()))


def test_an_address_that_is_none_is_refused(small: Server) -> None:
    done = CliRunner().invoke(
        app,
        [
            *("settings", "--company", "acme", "--daily", "team@"),
            *("--database-url", small.request.database_url),
        ],
    )

    assert done.exit_code == 1
    assert "'team@' is no mail address" in done.output


@pytest.mark.parametrize(
    ("schedule", "own", "server", "now", "expected"),
    [
        (DAILY, "America/Santiago", "America/Santiago", SUMMER, DAILY),
        (DAILY, "America/Santiago", "UTC", SUMMER, Schedule("daily", 11)),
        (DAILY, "America/Santiago", "UTC", WINTER, Schedule("daily", 12)),
        (WEEKLY, "Asia/Tokyo", "UTC", SUMMER, Schedule("weekly", 0, "mon")),
        (WEEKLY, "Pacific/Auckland", "UTC", SUMMER, Schedule("weekly", 20, "sun")),
        (
            Schedule("weekly", 20, "sun"),
            *("America/Santiago", "Europe/Madrid", SUMMER),
            Schedule("weekly", 0, "mon"),
        ),
        (MONTHLY, "America/Santiago", "UTC", SUMMER, Schedule("monthly", 13, "first")),
        (
            MONTHLY,
            *("Pacific/Auckland", "UTC", SUMMER),
            Schedule("monthly", 21, "last"),
        ),
    ],
)
def test_an_hour_of_the_company_is_said_by_the_servers_clock(
    schedule: Schedule, own: str, server: str, now: datetime, expected: Schedule
) -> None:
    assert shift(schedule, own, server, now) == expected


@pytest.mark.parametrize(
    ("schedule", "own", "server", "message"),
    [
        (DAILY, "Asia/Kolkata", "UTC", "not whole hours apart"),
        (
            Schedule("monthly", 20, "first"),
            *("America/Santiago", "Pacific/Auckland"),
            "another day of the month",
        ),
    ],
)
def test_a_moment_that_metabase_cannot_say_is_told(
    schedule: Schedule, own: str, server: str, message: str
) -> None:
    with pytest.raises(UnsupportedSchedule, match=message) as told:
        shift(schedule, own, server, SUMMER)

    assert f"set METABASE_TIME_ZONE to {own}" in str(told.value)


def test_a_company_chooses_the_language_of_its_pages(small: Server) -> None:
    _name(small, language="es")

    small.run()

    assert small.page()["name"] == "Clientes"
    assert small.sql("select language from ops.metabase_settings") == [("es",)]


def test_a_page_of_several_companies_is_in_the_language_that_all_chose(
    small: Server,
) -> None:
    with connect_as_admin(small.request.database_url) as database:
        known = sorted(load_settings(database))
        one, *others = known
        assert others
        assert chosen_language(database) == "es"
        save_settings(database, one, "en", {})
        assert chosen_language(database) == "es"
        assert chosen_language(database, [one]) == "en"
        for other in others:
            save_settings(database, other, "en", {})
        assert chosen_language(database) == "en"
        database.rollback()
