"""Pages are followed on the databases of Metabase's tests."""

from tests.metabase.conftest import new_shops, reporting_url

__all__ = ["new_shops", "reporting_url"]
