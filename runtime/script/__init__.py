"""Runs one script as `python SCRIPT.py` would, with the guide's imports resolved and its errors told plainly.

Imports no Django.
"""
