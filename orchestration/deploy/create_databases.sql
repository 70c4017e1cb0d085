-- Roles and databases of docker-compose.yml. The postgres image runs this once, as the
-- superuser, when its volume is empty. Passwords come from the environment of psql.
\set ON_ERROR_STOP on
\getenv timonel_password TIMONEL_DATABASE_PASSWORD
\getenv dagster_password DAGSTER_DATABASE_PASSWORD
\getenv metabase_password METABASE_DATABASE_PASSWORD

-- Creates the rooms' roles and the companies' read roles, hence `createrole`; it is no
-- superuser and has no power over roles it did not make.
create role timonel login createrole password :'timonel_password';
create role dagster login password :'dagster_password';
create role metabase_app login password :'metabase_password';

create database timonel owner timonel;
create database dagster owner dagster;
create database metabase_app owner metabase_app;

-- A company's read role has business in the warehouse only.
revoke connect on database postgres, dagster, metabase_app from public;
