-- From 0.1.0 to 0.2.0: what an existing database needs to become what a fresh one is.

-- complain if the script is sourced in psql rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION lead_temperature UPDATE" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;
