"""What people say of a recommendation by a form, kept as if said by the command."""

from __future__ import annotations

from typing import Any, cast, get_args

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.reporting.action_answers import Handler
from orchestration.lib.reporting.action_requests import ActionRequest
from orchestration.lib.reporting.insight_answers import AdviceUnknown, Answer, answer

__all__ = ["ANSWER", "ANSWER_HANDLER", "AnswerRefused"]

ANSWER = "answer"
"""The kind of request that says what became of a recommendation."""

_SENTENCES = {
    "unknown": "No recommendation that was shown has the code '{value}', or several "
    "have.",
    "unreadable": "'{value}' cannot be read: an answer is one of followed, dismissed, "
    "open.",
    "not_computable": "This could not be answered. That is an error of ours: the log "
    "has it under {value}. Tell whoever runs the platform.",
}


class AnswerRefused(PlainError, ValueError):
    """The answer is not kept.

    Parameters
    ----------
    code
        A key of the sentences here; of the seed activity_templates after
        `answer_refused_`.
    value
        What it is about.
    """

    def __init__(self, code: str, value: str) -> None:
        self.code = code
        self.facts = {"value": value}
        super().__init__(_SENTENCES[code].format(value=value))


def _answer(url: str, company_id: str, request: ActionRequest) -> AnswerRefused | None:
    try:
        _keep(url, company_id, request)
    except AnswerRefused as refusal:
        return refusal
    return None


def _keep(url: str, company_id: str, request: ActionRequest) -> None:
    try:
        told = request.read_payload()
    except (RecursionError, ValueError):
        raise AnswerRefused("unreadable", "") from None
    which, given = (_text(told.get(key)) for key in ("recommendation", "answer"))
    if given not in get_args(Answer):
        raise AnswerRefused("unreadable", given)
    if not which:
        raise AnswerRefused("unknown", which)
    try:
        answer(
            *(url, company_id, which, cast("Answer", given)),
            answered_by=request.requested_by,
            note=_text(told.get("note")) or None,
            answered_at=request.requested_at,
        )
    except AdviceUnknown:
        raise AnswerRefused("unknown", which) from None


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()[:500]


ANSWER_HANDLER = Handler(
    ANSWER, _answer, lambda logged: AnswerRefused("not_computable", logged)
)
"""Keeps what somebody says became of a recommendation."""
