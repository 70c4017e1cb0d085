"""Draw cards without Metabase: charts, previews, pictures, reports."""
