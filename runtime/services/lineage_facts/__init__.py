"""Finds out what ended runs did to which data, from their events, and keeps it. No run waits for it."""
