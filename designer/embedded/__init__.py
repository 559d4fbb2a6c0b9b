"""PostgreSQL and Valkey as child processes of this program: nothing to install, nothing left behind.

Used by `manage.py up`, by other commands when nothing is running, and by the tests. Imports no Django.
"""
