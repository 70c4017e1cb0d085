"""dbt: from raw rooms to marts and reporting."""
