"""What leaves the platform by the clock: reports, and dashboards to Metabase."""
