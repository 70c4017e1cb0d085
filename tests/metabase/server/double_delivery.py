"""What leaves the double: subscriptions, and pages embedded with a signed link."""

from __future__ import annotations

from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from tests.metabase.server.contract import Body, Refused, check, copied


class Delivery:
    """Subscriptions, settings and embedding; ``mails`` is who was written to."""

    dashboards: dict[int, Body]
    cards: dict[int, Body]

    def __init__(self) -> None:
        self.pulses: dict[int, Body] = {}
        self.mails: list[str] = []
        self.settings: Body = {
            "email-configured?": False,
            "report-timezone-long": "UTC",
            "enable-embedding-static": False,
            "site-url": "https://bi.example.com",
        }
        self.locked_settings: set[str] = set()
        self.embedding_secret = ""

    def _new_id(self) -> int:
        raise NotImplementedError

    def list_pulses(self) -> list[Body]:
        return [
            self.get_pulse(key)
            for key, one in self.pulses.items()
            if not one["archived"]
        ]

    def get_pulse(self, key: int) -> Body:
        if key not in self.pulses:
            raise Refused(404, "Not found.")
        return {"id": key, **copied(self.pulses[key])}

    def post_pulse(self, body: Body) -> Body:
        check("POST /api/pulse", body)
        key = self._new_id()
        self.pulses[key] = {"archived": False, "entity_id": f"pulse{key:016d}"}
        return self._store_pulse(key, body)

    def put_pulse(self, key: int, body: Body) -> Body:
        check("PUT /api/pulse/:id", body)
        if key not in self.pulses:
            raise Refused(404, "Not found.")
        # What is left out falls back to a default, and that takes it out of the bin.
        return self._store_pulse(
            key, {"archived": False, "skip_if_empty": False, **body}
        )

    def _store_pulse(self, key: int, body: Body) -> Body:
        kept = copied(body)
        page = self.dashboards[{**self.pulses[key], **kept}["dashboard_id"]]
        placed = {(one["id"], one["card_id"]) for one in page["dashcards"]}
        for card in kept["cards"]:
            check("pulse card", card)
            if (card["dashboard_card_id"], card["id"]) not in placed:
                raise Refused(400, "the card is not on the dashboard")
            card["name"] = self.cards[card["id"]]["name"]
        for channel in kept["channels"]:
            check("pulse channel", channel)
            for person in channel["recipients"]:
                self.mails.append(person["email"])
            channel["id"] = self._new_id()
        self.pulses[key].update(kept)
        return self.get_pulse(key)

    def follow_page(self, page_id: int) -> None:
        """What any change of a page does to the subscriptions of it."""
        page = self.dashboards[page_id]
        of_page = [
            key for key, one in self.pulses.items() if one["dashboard_id"] == page_id
        ]
        for key in of_page:
            if page["archived"]:
                del self.pulses[key]
                continue
            pulse = self.pulses[key]
            pulse["name"] = page["name"]
            places = {one["id"] for one in page["dashcards"]}
            left = [one for one in pulse["cards"] if one["dashboard_card_id"] in places]
            shown = {one["id"] for one in left}
            pulse["cards"] = left + [
                {
                    "id": one["card_id"],
                    "dashboard_card_id": one["id"],
                    "include_csv": False,
                    "include_xls": False,
                    "name": self.cards[one["card_id"]]["name"],
                }
                for one in page["dashcards"]
                if one["card_id"] is not None and one["card_id"] not in shown
            ]

    def put_setting(self, key: str, body: Body) -> None:
        check("PUT /api/setting/:key", body)
        if key in self.locked_settings:
            raise Refused(400, "You cannot set this: it is set by the environment.")
        self.settings[key] = body["value"]

    def embedded(self, token: str) -> Body:
        """The page of a signed link, as anybody who has it sees it."""
        try:
            key = OctKey.import_key(self.embedding_secret)
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(exp={"essential": True}).validate(claims)
        except (JoseError, ValueError) as error:
            raise Refused(
                400, f"Message seems corrupt or manipulated: {error}"
            ) from None
        page = self.dashboards[claims["resource"]["dashboard"]]
        if not (self.settings["enable-embedding-static"] and page["enable_embedding"]):
            raise Refused(400, "Embedding is not enabled for this object.")
        for slug, how in page["embedding_params"].items():
            given = slug in claims["params"]
            if how == "locked" and not given:
                raise Refused(400, f"You must specify a value for :{slug} in the JWT.")
        return {"name": page["name"], "parameters": page["parameters"]}
