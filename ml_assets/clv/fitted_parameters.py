"""A fit as rows: parameters by name, with their errors. There are no pickles."""

from typing import NamedTuple

from ml_assets.clv.customer_model import CustomerModel
from ml_assets.clv.histories import Floats
from ml_assets.clv.horizons import PurchaseFit
from ml_assets.clv.models import bg_nbd, gamma_gamma, pareto_nbd
from ml_assets.clv.models.pareto_nbd import ParetoNbd

__all__ = ["FittedParameters", "chosen_parameters", "fitted_parameters"]


class FittedParameters(NamedTuple):
    """One model: names, values, standard errors (p,) and covariance (p, p)."""

    model: str
    names: tuple[str, ...]
    values: tuple[float, ...]
    standard_errors: Floats
    covariance: Floats


def fitted_parameters(model: CustomerModel) -> list[FittedParameters]:
    """Every candidate that was fitted, then the spend model; times in days."""
    found = [_purchases(one.name, one.fit) for one in model.candidates if one.fit]
    return found + _spend(model)


def chosen_parameters(model: CustomerModel) -> list[FittedParameters]:
    """Only the models that the predictions are made from."""
    if model.choice is None:
        return []
    chosen = {one.name: one.fit for one in (model.choice.orders, model.choice.chances)}
    return [_purchases(name, fit) for name, fit in chosen.items() if fit] + _spend(
        model
    )


def _purchases(name: str, fit: PurchaseFit) -> FittedParameters:
    formulas = pareto_nbd if isinstance(fit.parameters, ParetoNbd) else bg_nbd
    values = fit.parameters.values
    return FittedParameters(
        name, formulas.PARAMETERS, values, fit.standard_errors, fit.covariance
    )


def _spend(model: CustomerModel) -> list[FittedParameters]:
    fit = model.spending.fit
    if fit is None:
        return []
    spend = fit.parameters
    return [
        FittedParameters(
            "gamma_gamma",
            gamma_gamma.PARAMETERS,
            (spend.p, spend.q, spend.v),
            fit.standard_errors,
            fit.covariance,
        )
    ]
