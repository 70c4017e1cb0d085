"""Academia IA: a simulated team that sells a course by webinars and exports files."""
