"""Who people are and what they may do: users, tenants, roles, tokens, sign-in, and every access decision.

`accounts.access` is pure (no Django). Nothing here imports `runtime` or `designer`: resources are
named by (type, id), never by foreign key.
"""
