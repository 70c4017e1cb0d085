"""Why a number is what it is, said of what is seen."""

import numpy as np

from ml_assets.clv.histories import Histories
from ml_assets.clv.reasons import REASON_CODES, reason_codes


def told(x: float, t_x: float, age: float, **crowd: float) -> list[str]:
    """Codes of one customer among five who bought once or twice for 10."""
    histories = Histories(
        np.array([x, 0, 1, 1, 1, 2]),
        np.array([t_x, 0, 30, 30, 30, 60]),
        np.array([age, 90, 90, 90, 90, 90.0]),
    )
    value = np.array([crowd.get("value", 10.0), 10, 10, 10, 10, 10])
    return reason_codes(histories, value, is_average=False)[0].split(",")


def test_a_single_purchase() -> None:
    assert told(0, 0, 200) == ["one_purchase"]
    assert told(0, 0, 29) == ["one_purchase", "new_customer"]


def test_silence_is_measured_against_the_own_pace() -> None:
    """Every 10 days: ln(10) * 10 = 23.03 days are a long wait."""
    assert "within_usual_pace" in told(2, 20, 30)
    assert told(1, 10, 33) == [""]
    assert "silent_longer_than_usual" in told(1, 10, 34)


def test_frequent_and_large_are_the_upper_fifth() -> None:
    assert "frequent_buyer" in told(9, 90, 95)
    assert "large_orders" in told(1, 60, 100, value=99.0)


def test_averages_are_called_averages() -> None:
    histories = Histories(np.zeros(2), np.zeros(2), np.array([20.0, 40.0]))

    codes = reason_codes(histories, np.full(2, 5.0), is_average=True)

    assert codes == [
        "company_average,one_purchase,new_customer",
        "company_average,one_purchase",
    ]


def test_codes_are_words_without_commas() -> None:
    assert all(code.replace("_", "").isalpha() for code in REASON_CODES)
