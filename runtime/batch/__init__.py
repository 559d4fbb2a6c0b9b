"""Batches at scale: a source read in chunks, each worked on somewhere, their results in order.

Pure: no Django, Celery, Channels or psycopg at import. `runner` is the same loop in scripts and on the
server; where chunks are kept and who works on them is a `BatchDesk` of either (`protocols`).
"""
