"""The editor's part of the REST API: workflows, drafts, versions, validation, import and export.

Also the shape that every answer shares: problem bodies, the OpenAPI document, limits on bodies.
"""
