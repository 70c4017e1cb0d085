"""Plaza Servicios: a simulated Chilean marketplace of services, as files."""
