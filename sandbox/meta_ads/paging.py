"""Pages by cursor, as the Graph API cuts them."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request

from sandbox.faults import Faults
from sandbox.meta_ads.errors import invalid_parameter, unknown_error
from sandbox.meta_ads.parameters import Parameters
from sandbox.page_faults import change_of, faulty_page, path_with_query

__all__ = ["page_of"]

_DEFAULT_LIMIT: Final = 25


def page_of(
    faults: Faults,
    request: Request,
    parameters: Parameters,
    rows: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """The page asked for. `next` is there only while there is one, cursors always.

    The address of the next page repeats the access token, as the real one does.

    Raises
    ------
    GraphError
    """
    start = _offset(parameters.get("after"))
    limit = _limit(parameters)
    path = path_with_query(request)
    most = faults.standing("unknown_error", path)
    # With option `rows`, pages of so many come all the same.
    if (most is None or limit > int(most.options.get("rows", 0))) and faults.active(
        "unknown_error", path
    ):
        raise unknown_error()
    page = faulty_page(faults, path, rows, start=start, size=limit)
    if not page:
        return {"data": []}
    change = change_of(faults, path)
    page = [change.applied(row) for row in page]
    end = start + limit
    paging: dict[str, Any] = {
        "cursors": {"before": _cursor(start), "after": _cursor(end)}
    }
    if end < len(rows):
        repeated = {key: value for key, value in parameters.items() if key != "after"}
        query = urlencode(repeated | {"limit": limit, "after": _cursor(end)})
        paging["next"] = f"{str(request.url).partition('?')[0]}?{query}"
    return {"data": page, "paging": paging}


def _limit(parameters: Parameters) -> int:
    text = str(parameters.get("limit") or _DEFAULT_LIMIT)
    if not text.isdigit() or int(text) < 1:
        raise invalid_parameter("param limit must be a positive integer.")
    return int(text)


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def _offset(cursor: object) -> int:
    if not cursor:
        return 0
    text = str(cursor)
    try:
        return int(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        raise invalid_parameter("Invalid cursor: the cursor has expired.") from None
