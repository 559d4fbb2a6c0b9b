"""The only code that writes the tables of `runtime`. Who may do what is decided by the callers."""
