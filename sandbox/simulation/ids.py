"""Where the ids of each kind of thing begin.

Every company counts from the same numbers, so ids of different companies collide: a
pipeline that forgets whose an id is will mix them up.
"""

from typing import Final

__all__ = ["CHECKOUT", "CUSTOMER", "DISCOUNT", "LINE", "ORDER", "PRODUCT", "REFUND"]
__all__ += ["FIRST_NUMBER", "VARIANT", "VISIT"]

ORDER: Final = 5_550_000_000_000
LINE: Final = 14_000_000_000_000
REFUND: Final = 9_100_000_000_000
VISIT: Final = 30_000_000_000_000
CUSTOMER: Final = 7_000_000_000_000
CHECKOUT: Final = 36_000_000_000_000
DISCOUNT: Final = 1_400_000_000_000
PRODUCT: Final = 8_800_000_000_000
VARIANT: Final = 46_600_000_000_000
FIRST_NUMBER: Final = 1_001
