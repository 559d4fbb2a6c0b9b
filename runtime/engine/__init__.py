"""The workflow engine: graph documents, validation, scheduling, expressions and the run driver.

Pure Python: never imports Django, Celery, Channels, DRF, psycopg or `accounts.access`.
"""
