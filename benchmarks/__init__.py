"""How fast it is: `python -m benchmarks [name ...]` runs the comparisons and prints their figures.

Each benchmark is a module with `figures()`; its docstring says what is measured and how.
"""
