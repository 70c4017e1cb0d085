"""The data API of the European Central Bank, as its documentation shows its answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from taps.declared.tap import declared_tap
from tests.sandbox.serving import listening
from tests.taps.tap_runs import Output, sync

# 3 April 2026 is Good Friday, a closing day.
_RATES = """\
KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE
EXR.D.GBP.EUR.SP00.A,D,GBP,EUR,SP00,A,2026-04-02,0.8
EXR.D.GBP.EUR.SP00.A,D,GBP,EUR,SP00,A,2026-04-03,NaN
EXR.D.JPY.EUR.SP00.A,D,JPY,EUR,SP00,A,2026-04-02,183.47
"""


@dataclass
class CentralBank:
    """Where it listens, and what it was asked."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def read(self, first: str, last: str, **options: Any) -> Output:
        config = {"api_url": f"{self.url}/service"}
        config |= {"start_date": first, "end_date": last}
        return sync(declared_tap("ecb_rates"), config, **options)


@contextmanager
def central_bank() -> Iterator[CentralBank]:
    """Serve what was published until 3 April 2026."""
    bank = CentralBank()

    async def answer(request: Request) -> Response:
        bank.asked.append(dict(request.query_params))
        if request.query_params["startPeriod"] > "2026-04-03":
            return PlainTextResponse("No results found.", 404)
        return PlainTextResponse(_RATES, media_type="text/csv")

    route = Route("/service/data/EXR/D..EUR.SP00.A", answer)
    with listening(Starlette(routes=[route])) as bank.url:
        yield bank
