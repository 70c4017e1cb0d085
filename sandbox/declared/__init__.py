"""Every source that is declared in ``taps/sources``, served from rows made up here."""

from sandbox.declared.endpoints import routes
from sandbox.declared.source import declared_sources, settings

__all__ = ["declared_sources", "routes", "settings"]
