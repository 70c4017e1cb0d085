"""The conductor: knows everyone, computes nothing."""
