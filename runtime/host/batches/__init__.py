"""Batches on the server: chunks are rows, any worker works on them, and one step's coordinator counts.

The rows are the truth. A Celery message says that there may be a chunk to work on; a lost one costs time.
"""
