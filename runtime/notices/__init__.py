"""What people are told of runs, as values: which addresses can be, what is said, when it is tried again.

Imports no Django and no database.
"""
