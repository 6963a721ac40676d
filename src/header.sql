-- The install script of lead_temperature, joined by make from its modules in src

-- complain if the script is sourced in psql rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION lead_temperature" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;
