"""Companies as partitions."""
