"""What people read: metrics, dashboards, reports, plans, lineage of a number."""
