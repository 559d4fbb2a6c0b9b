"""Proofs that the audit trail is as it was written: Merkle trees, chained seals, and their verifier.

Imports no framework and reads no table. `verify` is also the program that goes with an export, so it
imports nothing but Python's own library.
"""
