"""Variants held against their control, by hand, and never before it is over."""

from __future__ import annotations

from typing import Any

import pytest
from scipy.stats import t as student
from scipy.stats import ttest_ind_from_stats

from ml_assets.measurement.shares import newcombe_interval, wilson_interval
from tests.dbt_project.raw_files import Row
from tests.dbt_project.warehouse import Warehouse
from tests.dbt_project.webinar_rows import webinar_file

AS_OF = "2026-03-15"
Z95, Z99 = 1.959963984540054, 2.5758293035489004


def variant(experiment: str, name: str, shown: int, did: int, **others: object) -> Row:
    return {
        "experiment": experiment,
        "variant": name,
        "shown_count": shown,
        "outcome_count": did,
        "outcome_kind": "open",
        "started_on": "2026-03-01",
        "ended_on": "2026-03-10",
        **others,
    }


def mean(
    experiment: str,
    name: str,
    shown: int,
    value: float,
    deviation: float | None,
    **others: object,
) -> Row:
    told = {"outcome_mean": value, "outcome_deviation": deviation}
    kind = {"outcome_kind": "minutes", "outcome_count": None}
    return {**variant(experiment, name, shown, 0), **told, **kind, **others}


ROWS = (
    # 20 % against 30 % of 500 each; the control is the one told so.
    variant("clear", "b", 500, 100, is_control=True),
    variant("clear", "a", 500, 150),
    variant("close", "a", 500, 100),
    variant("close", "b", 500, 110),
    # Four variants: what 95 % would call better 99 % does not.
    variant("many", "a", 500, 100),
    variant("many", "b", 500, 130),
    variant("many", "c", 500, 101),
    variant("many", "d", 500, 60),
    # Still on, of one as many as were planned and of the other not.
    variant("on", "a", 500, 100, ended_on=None, planned_count=500),
    variant("on", "b", 460, 200, ended_on=None, planned_count=500),
    variant("reached", "a", 500, 100, ended_on=None, planned_count=500),
    variant("reached", "b", 510, 51, ended_on=None, planned_count=500),
    # Ends tomorrow.
    variant("later", "a", 500, 100, ended_on="2026-03-16"),
    variant("later", "b", 500, 200, ended_on="2026-03-16"),
    # Half and half were planned, and six hundred more came to one.
    variant("uneven", "a", 500, 100, planned_count=500),
    variant("uneven", "b", 1100, 330, planned_count=500),
    variant("wrong", "a", 500, 100),
    variant("wrong", "b", 50, 51),
    variant("nobody", "a", 500, 100),
    variant("nobody", "b", 0, 0),
    # Minutes: 4 more, of which the interval is 0.44 to 7.56.
    mean("longer", "a", 100, 20, 10),
    mean("longer", "b", 100, 24, 15),
    # Revenue of few buyers: a mean that is higher, and cannot be told apart.
    mean("dearer", "a", 400, 5, 40, outcome_kind="revenue"),
    mean("dearer", "b", 380, 7, 55, outcome_kind="revenue", outcome_count=9),
    mean("small", "a", 100, 20, 10),
    mean("small", "b", 29, 40, 10),
    mean("bare", "a", 100, 20, 10),
    mean("bare", "b", 100, 24, None),
    # Who counts nobody compares means, whatever it is called.
    mean("shorter", "a", 60, 20, 6, outcome_kind="other"),
    mean("shorter", "b", 50, 12, 9, outcome_kind="other"),
    mean("flat", "a", 30, 20, 0),
    mean("flat", "b", 30, 20, 0),
)


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, dict[tuple[str, str], dict[str, Any]]]:
    pair = warehouse.add_pair()
    warehouse.load(pair.acme, webinar_file("experiments", *ROWS))
    # The same names of another company, the other way round.
    warehouse.load(
        pair.bolt,
        webinar_file(
            "experiments", variant("clear", "a", 10, 1), variant("clear", "b", 10, 9)
        ),
    )
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=dict.fromkeys((pair.acme, pair.bolt), AS_OF),
        only=["experiment_results"],
    )
    return {
        name: {
            (row["experiment"], row["variant"]): row
            for row in warehouse.rows(
                "select * from reporting.webinar_experiments where company_id = %s",
                [company],
            )
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def test_a_difference_needs_its_interval_on_one_side(told: Any) -> None:
    verdicts = {key: row["verdict"] for key, row in told["acme"].items()}

    assert verdicts == {
        ("clear", "b"): "control",
        ("clear", "a"): "better",
        ("close", "a"): "control",
        ("close", "b"): "cannot_tell",
        ("many", "a"): "control",
        ("many", "b"): "cannot_tell",
        ("many", "c"): "cannot_tell",
        ("many", "d"): "worse",
        ("on", "a"): "control",
        ("on", "b"): "running",
        ("reached", "a"): "control",
        ("reached", "b"): "worse",
        ("later", "a"): "control",
        ("later", "b"): "running",
        ("uneven", "a"): "control",
        ("uneven", "b"): "uneven",
        ("wrong", "a"): "control",
        ("wrong", "b"): "flawed",
        ("nobody", "a"): "control",
        ("nobody", "b"): "flawed",
        ("longer", "a"): "control",
        ("longer", "b"): "better",
        ("dearer", "a"): "control",
        ("dearer", "b"): "cannot_tell",
        ("small", "a"): "control",
        ("small", "b"): "few",
        ("bare", "a"): "control",
        ("bare", "b"): "flawed",
        ("shorter", "a"): "control",
        ("shorter", "b"): "worse",
        ("flat", "a"): "control",
        ("flat", "b"): "cannot_tell",
    }
    assert told["bolt"]["clear", "a"]["verdict"] == "control"
    assert told["bolt"]["clear", "b"]["verdict"] == "better"


def test_intervals_are_wilsons_and_newcombes_at_the_level_of_the_rivals(
    told: Any,
) -> None:
    two, many = told["acme"]["clear", "a"], told["acme"]["many", "b"]

    assert two["difference_ratio"] == pytest.approx(0.1)
    for row, share, z in ((two, 0.3, Z95), (many, 0.26, Z99)):
        assert (row["variant_lower"], row["variant_upper"]) == pytest.approx(
            wilson_interval(share, 500, z)
        )
        assert (row["difference_lower"], row["difference_upper"]) == pytest.approx(
            newcombe_interval(share, 500, 0.2, 500, z)
        )
    # By 95 % it would have been called better.
    assert newcombe_interval(0.26, 500, 0.2, 500, Z95)[0] > 0


def test_means_have_welchs_interval(told: Any) -> None:
    """se^2 = 100/100 + 225/100, of 172.5 degrees of freedom by Satterthwaite."""
    row = told["acme"]["longer", "b"]

    assert (row["variant_mean"], row["difference_mean"]) == (24, 4)
    assert row["difference_mean_lower"] == pytest.approx(0.44166, abs=1e-5)
    assert row["difference_mean_upper"] == pytest.approx(7.55834, abs=1e-5)
    assert (row["variant_ratio"], row["variant_lower"]) == (None, None)
    for name, first, second, freedom in (
        ("dearer", (5, 40, 400), (7, 55, 380), 690.072),
        ("shorter", (20, 6, 60), (12, 9, 50), 82.607),
    ):
        row = told["acme"][name, "b"]
        # By the test: t times the standard error is the difference.
        tested = ttest_ind_from_stats(*second, *first, equal_var=False)
        difference = second[0] - first[0]
        ends = row["difference_mean_lower"], row["difference_mean_upper"]
        half = student.ppf(0.975, freedom) * difference / tested.statistic
        assert ends == pytest.approx((difference - half, difference + half), abs=1e-5)
    small = told["acme"]["small", "b"]
    assert (small["difference_mean"], small["difference_mean_lower"]) == (20, None)
