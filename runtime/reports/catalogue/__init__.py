"""The controls, one module for each family."""
