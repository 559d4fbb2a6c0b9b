"""The explicit list of templates, in the order of the gallery."""

from __future__ import annotations

from runtime.templates.api_sync import API_SYNC
from runtime.templates.approval_chain import APPROVAL_CHAIN
from runtime.templates.batch_enrichment import BATCH_ENRICHMENT
from runtime.templates.credential_health import CREDENTIAL_HEALTH
from runtime.templates.data_processing import DATA_PROCESSING
from runtime.templates.llm_triage import LLM_TRIAGE
from runtime.templates.nightly_report import NIGHTLY_REPORT
from runtime.templates.pii_masking import PII_MASKING
from runtime.templates.quality_gate import QUALITY_GATE
from runtime.templates.template import Template

TEMPLATES: tuple[Template, ...] = (
    DATA_PROCESSING,
    API_SYNC,
    NIGHTLY_REPORT,
    BATCH_ENRICHMENT,
    APPROVAL_CHAIN,
    QUALITY_GATE,
    PII_MASKING,
    CREDENTIAL_HEALTH,
    LLM_TRIAGE,
)


def template(key: str) -> Template | None:
    """The template of this key; None when there is none."""
    return next((item for item in TEMPLATES if item.key == key), None)
