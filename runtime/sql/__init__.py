"""Queries of other databases: PostgreSQL servers and SQLite files, read in batches, with bound parameters.

Never imports Django. `runtime.sql.postgres`, which needs psycopg, is imported by name where a server is
asked, so that scripts and nodes start without it.
"""
