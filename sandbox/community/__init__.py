"""Red Profesional: a simulated community of professionals that exports files."""
