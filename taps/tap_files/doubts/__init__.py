"""What a cell of a log says that makes a row a doubtful sale, as questions."""
