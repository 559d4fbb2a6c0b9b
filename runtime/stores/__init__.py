"""Clients of secret stores outside: Vault or OpenBao, AWS Secrets Manager, Azure Key Vault.

Each is made of a credential of its type and of the guarded HTTP client. Imports no Django and no SDK.
"""
