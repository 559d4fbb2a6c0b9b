"""What readers of a run see while it moves.

The event row is the truth. A doorbell (`doorbell`) says that there is more; one tail per run and
process (`tail`) reads the table once and hands the same bytes to all its readers.
"""
