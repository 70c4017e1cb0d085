"""Check, preview and publish the dashboards kept in ``metabase/``."""
