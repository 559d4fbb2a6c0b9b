"""Credentials as values: their types, how they are sealed, and how they are kept out of what is shown.

Imports no Django and no database: scripts and nodes use it as the server does.
"""
