"""Dashboards as code: the files people read numbers from, and what applies them."""
