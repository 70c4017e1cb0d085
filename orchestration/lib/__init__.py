"""The kit of the conductor: what its definitions and its command line share."""
