"""The run host: one per worker process. It claims runs, drives them on one loop, and records them.

`host` owns the loop and the slots, `claims` takes rows, `journal` turns a driver's events into rows,
`writer` commits them in groups, `lease` says that this process lives, `poison` judges runs that kill it.
"""
