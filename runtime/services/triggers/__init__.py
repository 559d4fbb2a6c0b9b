"""Triggers of workflows: saved, fired, followed and called."""
