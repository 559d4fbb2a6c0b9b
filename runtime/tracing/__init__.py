"""OpenTelemetry, where the operator names a collector: one span for a run and one for each attempt of a node.

Spans are made of events, so they hold what events tell (ids, times, codes) and never a value. All ids follow
from the run's id: a run that goes on in another process, or is done again after a crash, keeps its trace.
Only `export` imports the packages of OpenTelemetry, which are an extra.
"""
