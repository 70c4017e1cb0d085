"""What each node and edge of the graph answers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request

from sandbox.meta_ads.account import AdAccount, open_account
from sandbox.meta_ads.audiences import Audiences, CustomAudience
from sandbox.meta_ads.entities import (
    EDGES,
    edge_documents,
    entity_document,
    selected,
)
from sandbox.meta_ads.errors import (
    nonexistent_object,
    permission_denied,
    too_much_data,
)
from sandbox.meta_ads.filters import requested_filters
from sandbox.meta_ads.insights import insight_rows
from sandbox.meta_ads.paging import page_of
from sandbox.meta_ads.parameters import Parameters, field_names
from sandbox.meta_ads.question import Question, understood
from sandbox.meta_ads.reports import Outcome, Report, Reports
from sandbox.page_faults import path_with_query
from sandbox.simulation.companies import Company

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["Limits", "Service"]

_AUDIENCES: Final = "customaudiences"


@dataclass(frozen=True)
class Limits:
    """Rows that one answer, and one report run, can hold."""

    answer_rows: int = 2_000
    report_rows: int = 10_000


class Service:
    """Answers calls of one company at a time; remembers report runs."""

    def __init__(self, world: "World", limits: Limits) -> None:
        self._world = world
        self._limits = limits
        self._reports = Reports()
        self._audiences = Audiences()
        world.secrets_kept["meta_ads"] = self._audiences

    def answer(
        self, request: Request, company: Company, parts: list[str], given: Parameters
    ) -> dict[str, Any]:
        """The body of the answer to `parts`: a node and perhaps its edge.

        Raises
        ------
        GraphError
        """
        account = open_account(self._world, company)
        node, edge = parts[0], parts[1] if len(parts) > 1 else ""
        if node == "me":
            return self._me(request, account, edge, given)
        report = self._report(node, edge)
        if report is not None:
            return self._read_report(request, report, edge, given)
        audience = self._audiences.find(node, account.id)
        if audience is not None:
            return self._audience(request, account, audience, edge, given)
        self._check_node(account, node)
        if edge == "insights":
            return self._insights(request, account, node, given)
        if edge:
            return self._edge(request, account, (node, edge), given)
        return self._node(account, node, given)

    def _edge(
        self,
        request: Request,
        account: AdAccount,
        parts: tuple[str, str],
        given: Parameters,
    ) -> dict[str, Any]:
        node, edge = parts
        if edge == _AUDIENCES:
            return self._custom_audiences(request, account, given)
        if edge not in EDGES:
            raise nonexistent_object(f"{node}/{edge}")
        parent = None if node.startswith("act_") else node
        documents = edge_documents(account, edge, requested_filters(given), parent)
        names = field_names(given)
        rows = [selected(one, names, EDGES[edge]) for one in documents]
        return page_of(self._world.faults, request, given, rows)

    def _custom_audiences(
        self, request: Request, account: AdAccount, given: Parameters
    ) -> dict[str, Any]:
        if request.method == "POST":
            return dict(self._audiences.make(account.company, account.id, given))
        names = {*field_names(given), "id"}
        rows = [
            {key: value for key, value in each.document().items() if key in names}
            for each in self._audiences.of(account.id)
        ]
        return page_of(self._world.faults, request, given, rows)

    def _audience(
        self,
        request: Request,
        account: AdAccount,
        audience: CustomAudience,
        edge: str,
        given: Parameters,
    ) -> dict[str, Any]:
        if edge == "users" and request.method == "POST":
            return self._audiences.add(account.company, audience, given, account.now)
        if edge == "users" and request.method == "DELETE":
            return self._audiences.remove(account.company, audience, given)
        if edge:
            raise nonexistent_object(f"{audience.id}/{edge}")
        return audience.document()

    def _check_node(self, account: AdAccount, node: str) -> None:
        if node == f"act_{account.id}" or account.entity(node):
            return
        foreign = self._world.company_with("meta_account_id", node.removeprefix("act_"))
        raise permission_denied() if foreign else nonexistent_object(node)

    def _node(self, account: AdAccount, node: str, given: Parameters) -> dict[str, Any]:
        names = field_names(given)
        entity = account.entity(node)
        if entity is None:
            return selected(account.document(), names or ["account_id"], None)
        return selected(entity_document(account, entity), names, entity.level)

    def _me(
        self, request: Request, account: AdAccount, edge: str, given: Parameters
    ) -> dict[str, Any]:
        if edge == "permissions":
            return {
                "data": [
                    {"permission": name, "status": "granted"}
                    for name in account.company.meta_permissions
                ]
            }
        if edge == "adaccounts":
            names = field_names(given)
            row = selected(account.document(), names or ["account_id"], None)
            return page_of(self._world.faults, request, given, [row])
        if edge:
            raise nonexistent_object(f"me/{edge}")
        return {"id": f"1{account.id}", "name": f"{account.company.name} system user"}

    def _report(self, node: str, edge: str) -> Report | None:
        return self._reports.find(node) if edge else self._reports.ask(node)

    def _read_report(
        self, request: Request, report: Report, edge: str, given: Parameters
    ) -> dict[str, Any]:
        if edge not in ("", "insights"):
            raise nonexistent_object(f"{report.id}/{edge}")
        if not edge:
            return report.document()
        if not report.is_completed:
            return {"data": []}
        return page_of(self._world.faults, request, given, report.rows)

    def _insights(
        self, request: Request, account: AdAccount, node: str, given: Parameters
    ) -> dict[str, Any]:
        entity = account.entity(node)
        own_level = entity.level if entity else "account"
        question = understood(given, own_level=own_level, today=account.today)
        rows = insight_rows(self._world, account, question, node)
        if request.method == "POST":
            return self._start_report(request, account, question, rows)
        path = path_with_query(request)
        is_refused = self._world.faults.active("too_much_data", path) is not None
        if is_refused or len(rows) > self._limits.answer_rows:
            raise too_much_data()
        return page_of(self._world.faults, request, given, rows)

    def _start_report(
        self,
        request: Request,
        account: AdAccount,
        question: Question,
        rows: list[dict[str, Any]],
    ) -> dict[str, Any]:
        path = path_with_query(request)
        days = (
            min(first for first, _ in question.periods),
            max(last for _, last in question.periods),
        )
        report = self._reports.start(
            account.id,
            rows,
            days=days,
            now=account.now,
            outcome=self._outcome(path, rows),
            is_visible=not self._world.faults.active("report_not_visible", path),
        )
        return {"report_run_id": report.id}

    def _outcome(self, path: str, rows: list[dict[str, Any]]) -> Outcome:
        faults = self._world.faults
        if faults.active("report_skipped", path):
            return "skipped"
        if faults.active("report_failed", path):
            return "failed"
        is_refused = faults.active("too_much_data", path) is not None
        if is_refused or len(rows) > self._limits.report_rows:
            return "too_large"
        return "completed"
