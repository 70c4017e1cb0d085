"""`/_sandbox/...`: how people and tests steer the sandbox. No tap calls it."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.delivered import files_of, offers
from sandbox.faults import UnknownFault
from sandbox.placing import NothingToCopy, place_orders
from sandbox.request_log import RequestLog
from sandbox.restating import NothingToRestate, restate
from sandbox.shopify.odd_orders import KINDS
from sandbox.simulation.companies import DESTINATIONS
from sandbox.simulation.world import UnknownCompany, World
from sandbox.store import Version
from sandbox.webhooks import send

__all__ = ["routes"]

Handler = Callable[[dict[str, Any]], Any]


def routes(world: World, log: RequestLog) -> list[Route]:
    """The control endpoints. Bodies and answers are JSON; 400 says what is wrong."""
    control = _Control(world)
    handlers: list[tuple[str, str, Handler]] = [
        ("GET", "connections", control.connections),
        ("GET", "destinations", control.destinations),
        ("POST", "grant", control.grant),
        ("GET", "truth", lambda _: world.truth()),
        ("GET", "clock", control.time),
        ("POST", "clock", control.set_clock),
        ("POST", "restate", control.restate),
        ("POST", "orders", control.order),
        ("POST", "deliver", lambda asked: send(world.store.path, asked)),
        ("POST", "remove", control.remove),
        ("POST", "revoke", control.revoke),
        ("POST", "rotate", control.rotate),
        ("GET", "faults", control.faults),
        ("POST", "faults", control.switch_on),
        ("DELETE", "faults", lambda _: world.faults.clear()),
        ("GET", "requests", lambda _: log.as_json()),
        ("DELETE", "requests", lambda _: log.clear()),
    ]
    return [
        Route(f"/_sandbox/{name}", _endpoint(handle), methods=[method])
        for method, name, handle in handlers
    ]


def _endpoint(handle: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            asked = await request.json() if await request.body() else {}
            answer = await run_in_threadpool(handle, asked)
        except KeyError as missing:
            return JSONResponse({"error": f"{missing} is missing"}, 400)
        except (
            UnknownCompany,
            UnknownFault,
            NothingToRestate,
            NothingToCopy,
            ValueError,
        ) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(answer if answer is not None else {})

    return endpoint


class _Control:
    """What the endpoints do."""

    def __init__(self, world: World):
        self._world = world

    def connections(self, _: dict[str, Any]) -> dict[str, Any]:
        """Everything needed to connect each company."""
        by_files = offers(
            self._world.store.path, self._world.truth(), self._world.base_url
        )
        return by_files | {
            company.slug: {
                "name": company.name,
                "currency_code": company.currency,
                "time_zone": company.time_zone,
                "settings": {
                    "counts_free_orders": company.counts_free_orders,
                    "gross_margin_rate": company.gross_margin_rate,
                    **dict(company.costs),
                },
                "connections": {
                    slug: asdict(self._world.credentials(company.slug, slug))
                    for slug in company.sources
                }
                | files_of(self._world.store.path, company.slug),
            }
            for company in self._world.companies.values()
        }

    def destinations(self, _: dict[str, Any]) -> dict[str, Any]:
        """Everything needed to push audiences, per company."""
        return {
            company: {
                slug: asdict(self._world.credentials(company, slug))
                for slug in DESTINATIONS
            }
            for company in self._world.companies
        }

    def grant(self, asked: dict[str, Any]) -> None:
        """Give a connection exactly the rights `scopes`, or those of `more` as well."""
        company, source = self._connection(asked)
        if "more" in asked:
            self._world.grant_more(company, source, tuple(map(str, asked["more"])))
            return
        self._world.grant(company, source, tuple(map(str, asked["scopes"])))

    def time(self, _: dict[str, Any]) -> dict[str, str]:
        """What time it is in the sandbox."""
        return {
            "now": self._world.clock.now().isoformat(),
            "anchor": self._world.anchor.isoformat(),
        }

    def set_clock(self, asked: dict[str, Any]) -> dict[str, str]:
        """Freeze at `now` (null: run again), then move by `shift_seconds`."""
        if "now" in asked:
            now = asked["now"]
            moment = datetime.fromisoformat(now) if now else None
            if moment and moment.tzinfo is None:
                raise ValueError(f"{now!r} has no time zone: write 2026-01-31T12:00Z")
            self._world.clock.freeze(moment)
        self._world.clock.shift(timedelta(seconds=asked.get("shift_seconds", 0)))
        return self.time(asked)

    def restate(self, asked: dict[str, Any]) -> dict[str, int]:
        """The last `days` days of a source, told anew."""
        changed = restate(
            self._world,
            asked["company"],
            asked["source"],
            days=int(asked.get("days", 28)),
            factor=float(asked.get("factor", 1.1)),
        )
        return {"changed": changed}

    def order(self, asked: dict[str, Any]) -> dict[str, list[str]]:
        """Have `number` orders placed at a company's shop now, of a `kind` if asked."""
        company = self._world.company(asked["company"])
        if "shopify" not in company.sources:
            raise UnknownCompany(f"{company.slug} has no connection 'shopify'")
        number = int(asked.get("number", 1))
        kind = asked.get("kind")
        if kind is not None and kind not in KINDS:
            raise ValueError(f"no order is a {kind!r}; there are {', '.join(KINDS)}")
        return {"placed": place_orders(self._world, company.slug, number, kind)}

    def remove(self, asked: dict[str, Any]) -> dict[str, bool]:
        """Delete a document at its source, for good."""
        store, now = self._world.store, self._world.clock.now()
        company = self._world.company(asked["company"]).slug
        found = store.get(company, asked["collection"], str(asked["id"]))
        if found is None:
            return {"removed": False}
        gone = Version(found.id, now, found.created_at, now, b"{}", is_deleted=True)
        store.overrule(company, asked["collection"], gone)
        return {"removed": True}

    def revoke(self, asked: dict[str, Any]) -> None:
        """Refuse a connection's tokens until it is rotated."""
        company, source = self._connection(asked)
        self._world.tokens.revoke(company, source)

    def rotate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """New secrets for a connection; answers with them."""
        company, source = self._connection(asked)
        self._world.tokens.rotate(company, source)
        return asdict(self._world.credentials(company, source))

    def faults(self, _: dict[str, Any]) -> list[dict[str, Any]]:
        """The faults switched on."""
        return [asdict(fault) for fault in self._world.faults.all()]

    def switch_on(self, asked: dict[str, Any]) -> None:
        """One more fault. Tokens that expire do so wherever they are used."""
        if asked.get("kind") == "token_expired":
            self._register_handed_out_tokens()
            self._world.tokens.expire_after(
                int(asked.get("after", 0)), asked.get("company"), asked.get("source")
            )
        else:
            self._world.faults.switch_on(asked)

    def _register_handed_out_tokens(self) -> None:
        """Tokens that nobody has used yet can run out, too."""
        for company in self._world.companies.values():
            for source in company.sources:
                secrets = self._world.credentials(company.slug, source).secrets
                if token := secrets.get("access_token"):
                    self._world.tokens.register(token, company.slug, source)

    def _connection(self, asked: dict[str, Any]) -> tuple[str, str]:
        company, source = self._world.company(asked["company"]), asked["source"]
        if source not in (*company.sources, *DESTINATIONS):
            raise UnknownCompany(f"{company.slug} has no connection {source!r}")
        return company.slug, source
