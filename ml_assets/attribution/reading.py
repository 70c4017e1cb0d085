"""Tables of journeys, checked: one row per touch, or one per path with counts."""

from typing import Final

import pandas as pd

from ml_assets.attribution.errors import InvalidJourneys, NothingConverted
from ml_assets.attribution.path_counts import read_counts
from ml_assets.attribution.paths import Journeys, Note
from ml_assets.attribution.touches import read_touches

__all__ = ["read_journeys"]

_TOUCHES: Final = ("journey_id", "touched_at", "channel", "converted")
_TOUCHES_OPTIONAL: Final = ("value", "converted_at")
_COUNTS: Final = ("path", "conversions")
_COUNTS_OPTIONAL: Final = ("value", "no_conversions")


def read_journeys(frame: pd.DataFrame) -> Journeys:
    """Check a table and take it apart.

    One row per touch: `journey_id`, `touched_at`, `channel`, `converted` (a flag, the
    same on every row of a journey), and if known `value` and `converted_at`, also the
    same on every row. A journey without touches is a row without channel and moment.
    Touches of the same moment stay in the order of the rows.

    Or one row per path: `path` ("email > meta_ads", or a list; empty without touches),
    `conversions`, and if known `value` (of all of them) and `no_conversions`.

    Raises
    ------
    InvalidJourneys
        Naming the column and the first row that cannot be used.
    NothingConverted
        The table is empty, or nothing in it converted.
    """
    counted = "path" in frame
    required, optional = (
        (_COUNTS, _COUNTS_OPTIONAL) if counted else (_TOUCHES, _TOUCHES_OPTIONAL)
    )
    for column in required:
        if column not in frame:
            raise InvalidJourneys(
                f"column {column} is missing: a table of touches has "
                f"{', '.join(_TOUCHES)}; one of paths has {', '.join(_COUNTS)}; this "
                f"one has {', '.join(map(str, frame.columns)) or 'no columns'}"
            )
    if frame.empty:
        raise NothingConverted("the table is empty: there is nothing to attribute")
    frame = frame.reset_index(drop=True)
    notes = []
    unused = [str(name) for name in frame if name not in (*required, *optional)]
    if unused:
        notes.append(Note("unused_columns", f"not used: {', '.join(unused)}"))
    journeys = (read_counts if counted else read_touches)(frame, notes)
    if not journeys.conversions.any():
        raise NothingConverted("no journey converted: there is nothing to attribute")
    return journeys
