"""What can be said of a workspace from what is stored: controls with their evidence, and patterns of access.

Pure: counts go in, verdicts come out. Imports no Django and no database.
"""
