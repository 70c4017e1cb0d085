"""The database and what is in it: server, roles, migrations, raw tables, dbt."""
