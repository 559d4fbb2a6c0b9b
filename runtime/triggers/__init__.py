"""What triggers are made of, as plain values: times of schedules, signatures, inputs, addresses.

Imports no framework; `runtime.services.triggers` stores and fires them.
"""
