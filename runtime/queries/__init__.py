"""Reads that several callers share. They take ids or querysets that are already authorized."""
