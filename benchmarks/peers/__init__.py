"""Peers that need an environment of their own: made by uv under `.bench/` the first time, kept for the next.

`kailash_peer.py` and `dagster_peer.py` run there, with nothing of this project beside them.
"""
