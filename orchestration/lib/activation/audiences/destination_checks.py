"""Trying a place that was just switched on: where it refuses us, it is off again."""

from __future__ import annotations

from orchestration.lib.activation.audiences.destination_programs import (
    PlaceFailed,
    place_program,
)
from orchestration.lib.activation.audiences.destinations import (
    Destination,
    DestinationRefused,
    configuration,
    switch_off,
)
from orchestration.lib.core.settings import Settings

__all__ = ["try_place"]


def try_place(url: str, settings: Settings, destination: Destination) -> str:
    """Whose account it is.

    Raises
    ------
    PlaceFailed
        The place does not let us in, or does not answer; it is off again.
    DestinationRefused
        A right is missing; it is off again.
    """
    company_id, name = destination.company_id, destination.destination
    try:
        config, secrets = configuration(url, settings, destination)
        with place_program(config, secrets, lambda _: None) as program:
            told = program.ask("check")
    except PlaceFailed:
        switch_off(url, company_id, name, "timonel")
        raise
    if told["missing"]:
        switch_off(url, company_id, name, "timonel")
        raise DestinationRefused(
            f"{destination.place.title} ({told['account']}) does not allow "
            f"{', '.join(told['missing'])}: it needs {destination.place.rights}. Grant "
            "it there and switch on again; it stays off until then."
        )
    return str(told["account"])
