"""What is said of the suite itself: its costs, what it chooses, what it leaves."""
