"""CDNOW, the published data set, and the fits several tests look at."""

import datetime as dt
import importlib.util
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

from ml_assets.clv.models import bg_nbd, gamma_gamma
from ml_assets.clv.models.bg_nbd import BgNbdFit
from ml_assets.clv.models.gamma_gamma import GammaGammaFit
from ml_assets.clv.summaries import summarise_purchases

# The same examples every time, on a busy machine too, and nothing left on disk.
settings.register_profile("fixed", deadline=None, derandomize=True, database=None)
settings.load_profile("fixed")

CALIBRATION_END = dt.date(1997, 9, 30)
_FILES = {
    "CDNOW sample": (
        "CDNOW_sample.txt",
        ["_", "customer_id", "date", "_cds", "amount"],
    ),
    "CDNOW full": ("CDNOW_master.txt", ["customer_id", "date", "_cds", "amount"]),
}


@pytest.fixture(scope="session")
def published() -> dict[str, Any]:
    path = Path(__file__).parents[2] / "published" / "numbers.toml"
    return tomllib.loads(path.read_text())


@pytest.fixture(scope="session")
def cdnow_purchases() -> pd.DataFrame:
    """Sample log: customer_id, date, amount. lifetimes.datasets is not imported."""
    return _read(*_FILES["CDNOW sample"])


@pytest.fixture(scope="session")
def cdnow_sample(cdnow_purchases: pd.DataFrame) -> pd.DataFrame:
    return summarise_purchases(cdnow_purchases, CALIBRATION_END)


@pytest.fixture(scope="session")
def cdnow_master() -> pd.DataFrame:
    return summarise_purchases(_read(*_FILES["CDNOW full"]), CALIBRATION_END)


@pytest.fixture(scope="session")
def sample_purchasing(cdnow_sample: pd.DataFrame) -> BgNbdFit:
    return fit_purchasing(cdnow_sample)


@pytest.fixture(scope="session")
def sample_spending(cdnow_sample: pd.DataFrame) -> GammaGammaFit:
    return gamma_gamma.fit(cdnow_sample["frequency"], cdnow_sample["monetary_value"])


def read_cdnow(name: str) -> pd.DataFrame:
    """An order log as `clv.fit` takes it: "CDNOW sample" or "CDNOW full"."""
    log = _read(*_FILES[name])
    return log.rename(columns={"date": "ordered_at"})


def fit_purchasing(summaries: pd.DataFrame) -> BgNbdFit:
    return bg_nbd.fit(
        summaries["frequency"], summaries["recency_days"], summaries["age_days"]
    )


def _read(name: str, columns: list[str]) -> pd.DataFrame:
    spec = importlib.util.find_spec("lifetimes")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "datasets" / name
    # The full file has a header, the sample has none; fields are space separated.
    rows = [line.split() for line in path.read_text().splitlines()]
    rows = [row for row in rows if row and row[0].isdigit()]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        date=pd.to_datetime(frame["date"], format="%Y%m%d"),
        amount=frame["amount"].astype(float),
    )[["customer_id", "date", "amount"]]
