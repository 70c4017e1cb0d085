"""A conversion score says probabilities that come true, or refuses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from ml_assets.webinars.conversion import fit_conversion
from ml_assets.webinars.conversion_bands import (
    bands_by_probability,
    first_to_call,
    says_nobody_is_high,
)
from ml_assets.webinars.conversion_grades import (
    area_under_curve,
    calibration_error,
    grade_scores,
    scores_in_time,
)
from ml_assets.webinars.errors import (
    InvalidLeads,
    LeakingFeature,
    TooFewConversions,
)
from ml_assets.webinars.leads import Leads, leads_of_columns, leaking_features


def _people(count: int, base: float, seed: int = 1, shift: float = 0) -> Leads:
    """Conversion depends on minutes and questions; from the middle on on more."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, 3))
    later = shift * (np.arange(count) >= count / 2)
    chance = expit(base + later + features @ [1.0, 0.5, 0.0])
    converted = (rng.random(count) < chance).astype(np.float64)
    return Leads(features, ("minutes", "questions", "nothing"), converted)


def test_the_weights_are_those_that_were_simulated() -> None:
    score = fit_conversion(_people(20_000, -1.5))

    # Minutes, questions and nothing, on the scale of the data; n is large.
    found = score.slope * score.weights[1:] / score.scale
    assert found == pytest.approx([1.0, 0.5, 0.0], abs=0.15)
    assert score.calibrated_count == 1000
    assert score.trained_count == 19_000


def test_a_base_rate_that_moved_is_followed_by_the_last_window() -> None:
    leads = _people(6000, -2.5, shift=1.5)
    score = fit_conversion(leads.part(0, 4500))
    later = leads.part(4500, 6000)

    said = grade_scores(score.probabilities(later.features), later.converted)
    raw = grade_scores(score.uncalibrated(later.features), later.converted)

    assert said.is_calibrated
    assert not raw.is_calibrated
    assert said.brier_score < said.brier_of_base
    assert said.area_under_curve == pytest.approx(raw.area_under_curve)


def test_nobody_is_scored_by_outcomes_that_came_later() -> None:
    leads = _people(3000, -1.0)
    turned = Leads(
        leads.features,
        leads.names,
        np.where(np.arange(3000) < 2500, leads.converted, 1 - leads.converted),
    )

    ours, _, scores = scores_in_time(leads, 2000, 500)
    others, _, _ = scores_in_time(turned, 2000, 500)

    assert [each.trained_count + each.calibrated_count for each in scores] == [
        2000,
        2500,
    ]
    assert np.array_equal(ours, others)


def test_the_area_under_the_curve_is_by_hand() -> None:
    said = np.array([0.1, 0.4, 0.35, 0.8])
    came = np.array([0.0, 0.0, 1.0, 1.0])

    # Of four pairs of one who did and one who did not three are in order.
    assert area_under_curve(said, came) == 0.75
    assert np.isnan(area_under_curve(said, np.zeros(4)))


def test_the_calibration_error_is_by_hand() -> None:
    said = np.array([0.1, 0.3, 0.7, 0.9])
    came = np.array([0.0, 0.0, 1.0, 0.0])

    # Halves: |.2 - 0| and |.8 - .5|, half of all each.
    assert calibration_error(said, came, bins=2) == pytest.approx(0.25)


def test_bands_begin_at_their_probability_and_tell_what_came() -> None:
    said = np.array([0.8, 0.79, 0.6, 0.4, 0.39] + [0.1] * 40)
    came = np.array([1.0, 1.0, 0.0, 1.0, 0.0] + [0.0] * 36 + [1.0] * 4)

    high, medium, low, very_low = bands_by_probability(said, came)

    assert (high.people_count, medium.people_count, low.people_count) == (1, 2, 1)
    assert (very_low.people_count, very_low.conversion_count) == (41, 4)
    assert medium.realised_ratio == 0.5
    # Wilson of 4 in 41.
    assert very_low.realised_lower_ratio == pytest.approx(0.0386, abs=5e-4)
    assert very_low.realised_upper_ratio == pytest.approx(0.2255, abs=5e-4)


def test_an_empty_band_has_no_rate() -> None:
    high, *_ = bands_by_probability(np.array([0.1]), np.array([0.0]))

    assert high.people_count == 0
    assert np.isnan(high.realised_ratio)


def test_as_many_as_can_be_called_are_the_most_probable() -> None:
    said = np.array([0.1, 0.3, 0.2, 0.3])
    came = np.array([0.0, 1.0, 0.0, 0.0])

    called, others = first_to_call(said, came, 2)

    assert (called.people_count, called.conversion_count) == (2, 1)
    assert called.mean_probability_ratio == pytest.approx(0.3)
    assert others.mean_probability_ratio == pytest.approx(0.15)


def test_a_list_that_would_be_empty_is_told_of() -> None:
    told = says_nobody_is_high(np.array([0.31, 0.2]))

    assert told is not None
    assert "60%" in str(told)
    assert "31%" in str(told)
    assert says_nobody_is_high(np.array([0.6, 0.2])) is None


def test_what_knows_the_outcome_is_no_feature() -> None:
    names = ("duration", "minutes_after_offer", "order_total", "attended_minutes")

    assert leaking_features(names) == names[:3]
    with pytest.raises(LeakingFeature, match="duration"):
        Leads(np.zeros((2, 1)), ("duration",), np.zeros(2))


def test_too_few_conversions_are_refused() -> None:
    few = _people(300, -2.5)
    assert few.converted.sum() < 50
    with pytest.raises(TooFewConversions, match="50 are needed"):
        fit_conversion(few)

    many = Leads(
        np.random.default_rng(1).normal(size=(300, 20)),
        tuple(f"feature {each}" for each in range(20)),
        np.tile([0.0, 0.0, 1.0], 100),
    )
    with pytest.raises(TooFewConversions, match="210 are needed for 20 features"):
        fit_conversion(many)

    early = np.zeros(600)
    early[:100] = 1
    early[1:200:2] = 0
    early[200:300] = 1
    with pytest.raises(TooFewConversions, match="window or in it"):
        fit_conversion(Leads(np.zeros((600, 1)), ("minutes",), early))


def test_columns_become_features_and_bad_ones_are_refused() -> None:
    leads = leads_of_columns(
        {"minutes": [1, 2, 3]},
        {"channel": ["email", "email", "ads"]},
        [0, 1, 0],
    )

    assert leads.names == ("minutes", "channel=ads")
    assert leads.features.tolist() == [[1, 0], [2, 0], [3, 1]]
    with pytest.raises(InvalidLeads, match="minutes has a value"):
        leads_of_columns({"minutes": [1, float("nan")]}, {}, [0, 1])
    with pytest.raises(InvalidLeads, match="neither 0 nor 1"):
        leads_of_columns({"minutes": [1, 2]}, {}, [0, 2])
