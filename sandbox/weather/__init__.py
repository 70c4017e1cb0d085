"""An Open-Meteo that makes up its weather, the same every time."""

from sandbox.weather.endpoints import routes

__all__ = ["routes"]
