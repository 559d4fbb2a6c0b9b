"""Evidence of a workspace, read from its own tables: one module for each family of controls."""
