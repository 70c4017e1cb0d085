"""The one place that calls lifetimes: it finds the neighbourhood of the maximum.

lifetimes is unmaintained and noisy, so its habits stay behind this door: it
prints before raising, replaces the process's warning filters, and touches a
pandas option that pandas 3 deprecates.
"""

import contextlib
import importlib
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import patch

import numpy as np

from ml_assets.clv.histories import Floats

__all__ = ["bg_nbd_start", "gamma_gamma_start"]

# A start needs no more rows than this; the polish that follows uses all of them.
_STARTING_ROWS = 2_000
# Near enough for the polish, whose steps cost a tenth of lifetimes': with 1e-5 a fit
# takes twice as long and ends at the same parameters, to eleven digits.
_TOLERANCE = 0.1


def bg_nbd_start(
    x: Floats, t_x: Floats, age: Floats, weights: Floats, penalizer: float
) -> Floats:
    """Return r, alpha, a, b by lifetimes.BetaGeoFitter, shape (4,).

    Parameters
    ----------
    x, t_x, age : ndarray, shape (n,)
        Distinct histories, with `age` at most 1 (the scale lifetimes uses too).
    weights : ndarray, shape (n,)
        Customers that share each history.
    """
    some = _every_nth(x.size)
    with _lifetimes_quietly():
        fitter = _lifetimes().BetaGeoFitter(penalizer_coef=penalizer)
        return _parameters(
            fitter,
            ("r", "alpha", "a", "b"),
            (x[some], t_x[some], age[some]),
            {"weights": weights[some]},
        )


def gamma_gamma_start(x: Floats, m: Floats, penalizer: float) -> Floats:
    """Return p, q, v by lifetimes.GammaGammaFitter, shape (3,).

    Parameters
    ----------
    x, m : ndarray, shape (n,)
        Repeat purchase days and mean spend of repeat customers, spend with mean 1.
    """
    some = _every_nth(x.size)
    with _lifetimes_quietly():
        fitter = _lifetimes().GammaGammaFitter(penalizer_coef=penalizer)
        return _parameters(fitter, ("p", "q", "v"), (x[some], m[some]), {})


def _parameters(
    fitter: Any,
    names: tuple[str, ...],
    columns: tuple[Floats, ...],
    options: Mapping[str, Floats],
) -> Floats:
    """Fit and return the parameters, or ones where lifetimes gives up.

    Giving up is not our verdict: the polish may still converge from a neutral
    start, and it raises NotConverged itself when it does not.
    """
    gave_up = importlib.import_module("lifetimes.utils").ConvergenceError
    fitters = importlib.import_module("lifetimes.fitters")
    try:
        with patch.object(fitters, "hessian", _no_curvature):
            fitter.fit(*columns, tol=_TOLERANCE, **options)
    except (gave_up, np.linalg.LinAlgError):
        return np.ones(len(names))
    found = np.array([float(fitter.params_[name]) for name in names])
    usable = bool(np.isfinite(found).all() and (found > 1e-6).all())
    return found if usable and (found < 1e6).all() else np.ones(len(names))


def _no_curvature(_likelihood: object) -> Callable[..., Floats]:
    """In the place of the exact one, which takes a third of a fit and is not used."""
    return lambda parameters, *_: np.eye(parameters.size)


def _lifetimes() -> Any:
    """Imported late: it takes a second, and only inside the quiet context."""
    return importlib.import_module("lifetimes")


def _every_nth(rows: int) -> slice:
    """An even, deterministic selection of at most about _STARTING_ROWS rows."""
    return slice(None, None, max(1, rows // _STARTING_ROWS))


@contextlib.contextmanager
def _lifetimes_quietly() -> Iterator[None]:
    """Keep lifetimes' filters, prints and known warnings from leaking out.

    Silenced, and nothing else: pandas 3 deprecates `mode.chained_assignment`,
    which lifetimes sets while it is imported; overflows and log(0) at trial points
    the optimiser then rejects, and roots of negative variances, which are not used.
    """
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        np.errstate(all="ignore"),
    ):
        warnings.filterwarnings("ignore", message=".*mode.chained_assignment.*")
        yield
