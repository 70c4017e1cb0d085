"""How many inputs the properties of the taps are tried with."""

from __future__ import annotations

from hypothesis import settings

# Asked for by `make soak`: six properties without a number of their own, so above a
# million inputs together; drawn anew each time, and kept if one fails.
settings.register_profile("soak", max_examples=200_000, deadline=None)
