"""Rotators of secrets that a store outside keeps: Vault, AWS Secrets Manager, Azure Key Vault.

A new value is stored here before it is written there, so that a crash loses none that is valid.
"""
