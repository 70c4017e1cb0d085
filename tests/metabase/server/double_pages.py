"""Dashboards at the double: cards on a grid, on tabs, with clicks and parameters."""

from __future__ import annotations

import uuid

from tests.metabase.server.contract import Body, Refused, check, copied
from tests.metabase.server.double_browsing import TOLD_OF_A_DASHCARD, whole_dashboard


class Pages:
    """What is stored and refused of dashboards."""

    cards: dict[int, Body]
    actions: dict[int, Body]
    dashboards: dict[int, Body]

    def _new_id(self) -> int:
        raise NotImplementedError

    def may(self, collection: int, level: str) -> bool:
        raise NotImplementedError

    def _shown(self, things: dict[int, Body], key: int) -> Body:
        raise NotImplementedError

    def follow_page(self, page_id: int) -> None:
        raise NotImplementedError

    def get_dashboard(self, key: int) -> Body:
        return whole_dashboard(key, self._shown(self.dashboards, key))

    def post_dashboard(self, body: Body) -> Body:
        check("POST /api/dashboard", body)
        if not self.may(body.get("collection_id", 0), "write"):
            raise Refused(403, "You cannot save to that collection.")
        key = self._new_id()
        self.dashboards[key] = {
            "archived": False,
            "entity_id": uuid.uuid4().hex[:21],
            "enable_embedding": False,
            "embedding_params": None,
            "description": None,
            "parameters": [],
            "tabs": [],
            "dashcards": [],
            "width": "fixed",
            "auto_apply_filters": True,
            **body,
        }
        return self.get_dashboard(key)

    def put_dashboard(self, key: int, body: Body) -> Body:
        check("PUT /api/dashboard/:id", body)
        if not self.may(self.dashboards[key]["collection_id"], "write"):
            raise Refused(403, "You don't have permissions to do that.")
        kept = copied(body)
        for parameter in kept.get("parameters", []):
            check("parameter", parameter)
            self._check_parameter(parameter)
        if "dashcards" in kept:
            tab_ids = self._tabbed(key, kept)
            placed = [self._placed(key, one) for one in kept["dashcards"]]
            kept["dashcards"] = [
                {**one, "dashboard_tab_id": tab_ids.get(one.get("dashboard_tab_id"))}
                for one in placed
            ]
            ids = [one["id"] for one in kept["dashcards"]]
            if len(set(ids)) != len(ids):
                raise Refused(400, "dashcard ids must be unique")
            kept["dashcards"].reverse()
        if "archived" in kept:
            kept["archived_directly"] = kept["archived"]
        self.dashboards[key].update(kept)
        self.follow_page(key)
        return self.get_dashboard(key)

    def _tabbed(self, key: int, kept: Body) -> dict[int | None, int]:
        """Keep the tabs that were sent, none when none were; gives what ids became."""
        sent: list[Body] = kept.setdefault("tabs", [])
        known = {one["id"] for one in self.dashboards[key]["tabs"]}
        tab_ids: dict[int | None, int] = {}
        for tab in sent:
            check("tab", tab)
            if tab["id"] > 0 and tab["id"] not in known:
                raise Refused(404, "no such tab")
            if tab["id"] in tab_ids:
                raise Refused(400, "tab ids must be unique")
            tab_ids[tab["id"]] = self._new_id() if tab["id"] < 0 else tab["id"]
        for one in kept["dashcards"]:
            tab_id = one.get("dashboard_tab_id")
            if tab_id not in tab_ids and (tab_id is not None or len(sent) > 1):
                raise Refused(400, "every dashcard needs one of the tabs")
        kept["tabs"] = [{**tab, "id": tab_ids[tab["id"]]} for tab in sent]
        return tab_ids

    def _check_parameter(self, parameter: Body) -> None:
        if parameter["type"].split("/")[0] != parameter["sectionId"]:
            raise Refused(400, "sectionId does not go with the type")
        if parameter.get("values_source_type") == "card":
            source = parameter["values_source_config"]
            check("values source", source)
            if source["card_id"] not in self.cards:
                raise Refused(404, "no such card to take values from")

    def _check_clicks(self, settings: Body) -> None:
        check("dashcard settings", settings)
        for style in settings.get("column_settings", {}).values():
            click = style["click_behavior"]
            check("click", click)
            if type(click["targetId"]) is not int:
                raise Refused(400, "click_behavior.targetId must be an integer")
            if click["targetId"] not in self.dashboards:
                raise Refused(404, "no such dashboard to go to")
            for key, told in click["parameterMapping"].items():
                check("click mapping", told)
                if key != told["id"]:
                    raise Refused(400, "a mapping of a click is named after its id")

    def _placed(self, key: int, dashcard: Body) -> Body:
        # Clients send back what they read; the server drops what only it may say.
        told = TOLD_OF_A_DASHCARD
        dashcard = {one: dashcard[one] for one in dashcard if one not in told}
        check("dashcard", dashcard)
        known = {one["id"] for one in self.dashboards[key]["dashcards"]}
        for mapping in dashcard["parameter_mappings"]:
            check("parameter_mapping", mapping)
            if mapping["card_id"] != dashcard["card_id"]:
                raise Refused(400, "a mapping names the card of its dashcard")
        if dashcard["id"] > 0 and dashcard["id"] not in known:
            raise Refused(404, "no such dashcard")
        if dashcard.get("action_id"):
            if self.actions.get(dashcard["action_id"], {}).get("archived", True):
                raise Refused(404, "no such action")
        elif dashcard["card_id"] not in self.cards:
            raise Refused(404, "no such card")
        self._check_clicks(dashcard["visualization_settings"])
        new = dashcard["id"] < 0
        return {**dashcard, "id": self._new_id() if new else dashcard["id"]}
