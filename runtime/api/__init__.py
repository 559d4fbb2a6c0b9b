"""The REST API of runs, datasets and node types, and the parts that every view shares.

Views parse, call one function of `runtime.services` or `runtime.queries`, and answer with a `Body`.
"""
