"""Outgoing traffic of nodes: what they may reach, and the one HTTP client that takes them there.

Never imports Django. Nothing else in the project opens a connection on a node's behalf.
"""
