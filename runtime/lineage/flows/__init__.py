"""How each type of step makes its columns: one function a family, none of which sees a value."""
