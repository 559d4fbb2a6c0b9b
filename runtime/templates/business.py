"""Templates as scripts place them: `BusinessWorkflowTemplates.data_processing_pipeline(workflow, ...)`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from runtime.builder import WorkflowBuilder
from runtime.templates.api_sync import API_SYNC
from runtime.templates.approval_chain import APPROVAL_CHAIN
from runtime.templates.batch_enrichment import BATCH_ENRICHMENT
from runtime.templates.catalogue import TEMPLATES
from runtime.templates.credential_health import CREDENTIAL_HEALTH
from runtime.templates.data_processing import DATA_PROCESSING
from runtime.templates.llm_triage import LLM_TRIAGE
from runtime.templates.nightly_report import NIGHTLY_REPORT
from runtime.templates.pii_masking import PII_MASKING
from runtime.templates.quality_gate import QUALITY_GATE

Ids = tuple[str, ...]


class BusinessWorkflowTemplates:
    """One method a template: each adds its steps to a workflow and returns their ids.

    Every setting has a default with which it runs on made-up data (`write_demo_data`). `prefix` stands
    before the ids, so that a workflow may hold several. An unknown or bad setting is a `ParameterError`
    that names its field.
    """

    @classmethod
    def data_processing_pipeline(
        cls, workflow: WorkflowBuilder, *, prefix: str = "", **template_config: Any
    ) -> Ids:
        """`data_sources` (`database`, `apis`, `files`), `processing_stages` (`validate`, `transform`,
        `enrich`) and `output_destinations` (`warehouse`, `reports`), each as many as wanted, in their order.
        """
        return DATA_PROCESSING.add_to(workflow, prefix=prefix, **template_config)

    @classmethod
    def api_sync(cls, workflow: WorkflowBuilder, *, prefix: str = "", **template_config: Any) -> Ids:
        """`url`, `records`, `key`, `max_retries`, `dataset`, `failures`."""
        return API_SYNC.add_to(workflow, prefix=prefix, **template_config)

    @classmethod
    def nightly_report(cls, workflow: WorkflowBuilder, *, prefix: str = "", **template_config: Any) -> Ids:
        """`dataset`, `where`, `amount`, `group_by`, `second_group_by`, `alert_below`, `report`, `text`,
        `recipients`, `subject`.
        """
        return NIGHTLY_REPORT.add_to(workflow, prefix=prefix, **template_config)

    @classmethod
    def approval_chain(cls, workflow: WorkflowBuilder, *, prefix: str = "", **template_config: Any) -> Ids:
        """`dataset`, `amount_field`, `levels`, `allow_requester`, `approved`, `refused`. Runs on a server."""
        return APPROVAL_CHAIN.add_to(workflow, prefix=prefix, **template_config)

    @classmethod
    def data_quality_gate(cls, workflow: WorkflowBuilder, *, prefix: str = "", **template_config: Any) -> Ids:
        """`dataset`, `required`, `unique`, `ranges`, `patterns`, `max_bad_percent`, `passed`,
        `quarantine`.
        """
        return QUALITY_GATE.add_to(workflow, prefix=prefix, **template_config)

    @classmethod
    def pii_masking_pipeline(
        cls, workflow: WorkflowBuilder, *, prefix: str = "", **template_config: Any
    ) -> Ids:
        """`dataset`, `masking_rules`, `never`, `masked`, `frameworks`."""
        return PII_MASKING.add_to(workflow, prefix=prefix, **template_config)

    @classmethod
    def credential_health_check(
        cls, workflow: WorkflowBuilder, *, prefix: str = "", **template_config: Any
    ) -> Ids:
        """`credentials`, `expiration_threshold`, `refresh_sources`, `history`."""
        return CREDENTIAL_HEALTH.add_to(workflow, prefix=prefix, **template_config)

    @classmethod
    def llm_triage(cls, workflow: WorkflowBuilder, *, prefix: str = "", **template_config: Any) -> Ids:
        """`dataset`, `model`, `fallback_models`, `topics`, `rules`, `urgent`, `triaged`."""
        return LLM_TRIAGE.add_to(workflow, prefix=prefix, **template_config)

    @classmethod
    def batch_enrichment(cls, workflow: WorkflowBuilder, *, prefix: str = "", **template_config: Any) -> Ids:
        """`dataset`, `batch_size`, `batches_at_a_time`, `rate_limit_per_second`, `rates`, `enriched`,
        `dead_letters`.
        """
        return BATCH_ENRICHMENT.add_to(workflow, prefix=prefix, **template_config)

    @staticmethod
    def write_demo_data(workspace: str | Path) -> Ids:
        """Copies the made-up datasets into a workspace folder that lacks them. Returns their names."""
        folder = Path(workspace) / "datasets"
        folder.mkdir(parents=True, exist_ok=True)
        datasets = dict.fromkeys(dataset for item in TEMPLATES for dataset in item.datasets)
        for dataset in datasets:
            if not any(folder.glob(f"{dataset.name}.*")):
                shutil.copyfile(dataset.file, folder / dataset.file.name)
        return tuple(dataset.name for dataset in datasets)
