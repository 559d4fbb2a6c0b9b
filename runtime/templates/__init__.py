"""Workflows to begin with: one source for scripts and for the gallery, each ready to run on demo data.

`BusinessWorkflowTemplates` places them in a workflow of a script; the gallery lists `TEMPLATES`.
Imports no Django.
"""

from __future__ import annotations

from runtime.templates.business import BusinessWorkflowTemplates
from runtime.templates.catalogue import TEMPLATES, template
from runtime.templates.template import DemoDataset, Template, TemplateConfig

__all__ = [
    "TEMPLATES",
    "BusinessWorkflowTemplates",
    "DemoDataset",
    "Template",
    "TemplateConfig",
    "template",
]
