"""Attribution: who is credited with a sale, by seven rules, side by side. Pure maths.

from ml_assets import attribution

answer = attribution.compare(journeys)   # journey_id, touched_at, channel, converted
answer.rows                              # a row per method and channel, with intervals
answer.table("share")                    # channels down, methods across
answer.notes                             # what was left out or could not be told

Every rule shares out the same conversions: association, not cause.
"""

from ml_assets.attribution.comparison import METHODS, Comparison, compare
from ml_assets.attribution.paths import NO_TOUCH

__all__ = ["METHODS", "NO_TOUCH", "Comparison", "compare"]
