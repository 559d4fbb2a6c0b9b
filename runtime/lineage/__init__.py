"""What steps say that they did to data, as records that last: shapes and names, never values.

Imports no Django and no database: scripts keep the same records in a file.
"""
