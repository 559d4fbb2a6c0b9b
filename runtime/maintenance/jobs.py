"""All jobs, one a line."""

from __future__ import annotations

from runtime.maintenance.job import Job
from runtime.services.run_ends import follow_up

JOBS: tuple[Job, ...] = (Job("follow_up", every_s=1.0, function=follow_up),)
