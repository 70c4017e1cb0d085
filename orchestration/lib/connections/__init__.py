"""Which source of which company is read, with which credentials."""
