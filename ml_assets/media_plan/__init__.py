"""From a fitted media mix to what the platform publishes. Pure maths, no I/O.

`media_days` makes the table a mix is fitted to, `evaluation` fits and judges it, and
`tables` turns what passed into rows: curves, contributions, budgets, scenarios.
"""
