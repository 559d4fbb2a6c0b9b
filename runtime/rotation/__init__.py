"""Renewing credentials: when one is due, where the new value comes from, and how it comes into force.

Imports no Django and no database: scripts rotate by the same steps as the server.
"""

import runtime.nodes  # noqa: F401  (settings are a node's parameters: loaded first, any module here can be the first)
