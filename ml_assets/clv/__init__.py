"""Customer value: who buys again, how often, for how much. Pure maths, no I/O."""
