"""Ours beside every peer, on every public set and simulation, in one run."""
