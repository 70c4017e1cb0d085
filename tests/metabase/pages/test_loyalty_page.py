"""Lealtad y referidos: tiers, points, and who is owed something."""

from __future__ import annotations

import psycopg

from tests.metabase.pages.drawn_cards import shown


def test_a_reward_is_owed_only_where_nobody_has_to_look(shops_url: str) -> None:
    first, second = shown(shops_url, "referrers")

    # Of two free months one is given already.
    assert first[:7] == ["Estudio 1", "3", "2", "1", "0", "1", "9,00\xa0€"]
    assert second[:5] == ["Taller 1", "1", "0", "0", "1"]


def test_milestones_are_those_that_the_company_tells(shops_url: str) -> None:
    first, second = shown(shops_url, "referrers")

    assert first[7:9] == ["2 o más", "500,00\xa0€"]
    assert second[7:9] == ["—", "—"]


def test_all_that_is_told_of_rewards_changes_what_is_owed(reporting_url: str) -> None:
    with psycopg.connect(reporting_url) as database:
        database.execute(
            """insert into reporting.referral_terms (company_id, referral_reward,
                reward_months, commission_rate, least_referrals, milestone_amount)
            values ('acme', 'free_month', 2, null, null, null),
                ('acme', 'commission', 24, 0.2, null, null),
                ('acme', 'annual', null, null, 1, 40)"""
        )
    first = shown(reporting_url, "referrers")[0]

    # Two are due, one of them of the last year; both of the last two, 90 each.
    # One free gift is given, of two months.
    assert first[5:9] == ["2", "36,00\xa0€", "1 o más en 12 meses", "540,00\xa0€"]


def test_what_is_to_be_looked_at_comes_first(shops_url: str) -> None:
    rows = shown(shops_url, "referral_list")

    assert rows[0][:5] == [
        *("Rara", "Estudio 1", "AMIGO1", "Por revisar", "Se refieren entre sí")
    ]
    assert len(rows) == 4


def test_tiers_and_points_are_of_the_company(shops_url: str) -> None:
    assert shown(shops_url, "loyalty_tiers") == [["Plata", "10", "12", "5", "20", "0"]]
    ((*tier, kept, _, _, others, also, from_, to),) = shown(shops_url, "tier_retention")
    assert tier == ["Plata", "8"]
    assert (kept, others, also) == ("75\xa0%", "20", "60\xa0%")
    assert (from_, to) == ("-20,0\xa0p.\xa0p.", "—")
    (account,) = shown(shops_url, "loyalty_accounts")
    assert account[1:6] == [
        *("Plata", "Oro", "8 meses activa; se piden 12.", "8", "120")
    ]


def test_what_was_given_stands_beside_what_is_owed(shops_url: str) -> None:
    first, second = shown(shops_url, "referrers")

    # Two rewards, a commission of 20 and a free month of 90.
    assert first[-1] == "110,00\xa0€"
    assert second[-1] == "—"


def test_a_milestone_that_was_paid_is_owed_no_more(reporting_url: str) -> None:
    with psycopg.connect(reporting_url) as database:
        database.execute(
            """insert into reporting.reward_payments (company_id, payout_id, account_id,
                reward_kind, payout_amount)
            values ('acme', 'w9', 'a1', 'milestone', 300)"""
        )
    assert shown(reporting_url, "referrers")[0][8] == "200,00\xa0€"


def test_who_came_has_what_is_told_as_long_as_it_holds(reporting_url: str) -> None:
    plain = shown(reporting_url, "referral_list")
    with psycopg.connect(reporting_url) as database:
        database.execute(
            """insert into reporting.referral_terms (company_id, referral_reward,
                reward_months, commission_rate)
            values ('acme', 'discount', 12, 0.2), ('acme', 'upgrade', 3, null)"""
        )
    given = shown(reporting_url, "referral_list")

    assert {tuple(row[-3:]) for row in plain} == {("—", "—", "—")}
    # By 30 June: signed up in February, and a year before.
    assert [row[-3:] for row in given] == [
        ["20,0\xa0%", "1 feb 1998", "—"],
        ["20,0\xa0%", "1 feb 1998", "—"],
        ["—", "—", "—"],
        ["20,0\xa0%", "1 feb 1998", "—"],
    ]


def test_a_reward_without_a_rate_is_counted_apart(shops_url: str) -> None:
    rows = shown(shops_url, "reward_costs")

    assert [row[1:] for row in rows] == [
        ["Comisión", "2", "20,00\xa0€", "1"],
        ["Mes gratis", "1", "90,00\xa0€", "0"],
    ]


def test_referrals_return_their_margin_over_their_cost(shops_url: str) -> None:
    ((roi, cost, income, margin, *others),) = shown(shops_url, "referral_return")

    assert (roi, cost) == ("250\xa0%", "120,00\xa0€")
    assert (income, margin) == ("840,00\xa0€", "420,00\xa0€")
    assert others[1:3] == ["12\xa0%", "25\xa0%"]
