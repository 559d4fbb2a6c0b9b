"""Who reads: people, people who were asked about one step, and addresses that nobody is known at."""

from __future__ import annotations

from collections.abc import Hashable
from uuid import UUID

from django.utils import timezone

from accounts.access import Resource
from accounts.authorization import Subject
from accounts.subjects import access_facts
from runtime.engine.errors import GraphError
from runtime.masking.eyes import Eyes
from runtime.masking.people import has_rules, outside_eyes, person_eyes
from runtime.masking.reader import RunReader
from runtime.masking.resources import PlacedNodes, sub_workflows_of, without_numbers
from runtime.models import Reveal, Run
from runtime.queries.plans import plan_of_run


def reader_of(subject: Subject, run: Run) -> RunReader:
    """What this person is shown of the run, with what was revealed to them."""
    eyes = person_eyes(subject)
    revealed = frozenset(_open_reveals(subject, run)) if eyes.judges_nodes else frozenset[str]()
    return RunReader(eyes, run, revealed=revealed)


def is_anything_judged(tenant_id: UUID) -> bool:
    """Whether the tenant has policies about nodes, or masks: without them all readers see the same."""
    return has_rules(tenant_id)


def eyes_of(subject: Subject) -> Eyes:
    """A person's, for what is no run."""
    return person_eyes(subject)


def asked_reader(subject: Subject, run: Run) -> RunReader:
    """Somebody to whom a step of the run puts a question: its input is for them without `run.data`."""
    eyes = person_eyes(subject, also=frozenset({"node.inputs"}))
    return RunReader(eyes, run, revealed=frozenset(_open_reveals(subject, run)))


def outside_reader(run: Run) -> RunReader:
    """Whoever a message reaches: nothing is known of them, so whatever is masked for somebody is for them."""
    return RunReader(outside_eyes(run.tenant_id), run)


def standing_of(subject: Subject, run: Run) -> Hashable:
    """Equal as long as this person is shown the same of the run, conditions on the time apart."""
    facts = access_facts(subject)
    if facts is None:
        return None
    person = facts.subject
    named = (person.roles, person.permissions, person.scopes, person.ceiling, person.is_active)
    attributes = tuple(sorted((name, str(value)) for name, value in person.attributes.items()))
    revealed = frozenset((node, row.expires_at) for node, row in _open_reveals(subject, run).items())
    return named, attributes, facts.grants, facts.version, revealed


def is_search_refused(subject: Subject) -> bool:
    """Whether looking for a value would tell this person of values that are masked for them."""
    return person_eyes(subject).masks_anything


def reveal_of(subject: Subject, run: Run, path: str) -> Reveal | None:
    """The reveal by which this person is shown what is masked in the node now."""
    try:
        static = without_numbers(plan_of_run(run), path)
    except GraphError:
        return None
    found = _open_reveals(subject, run)
    return None if static is None else found.get(static)


def node_of(run: Run, path: str) -> tuple[str, Resource] | None:
    """The node's path without the numbers of iterations, and what is decided about. Raises `GraphError`."""
    places = PlacedNodes(plan_of_run(run), run.workflow, sub_workflows_of(run))
    chain = places.chain(path)
    static = without_numbers(places.plan, path)
    return None if chain is None or static is None else (static, chain[-1].resource)


def _open_reveals(subject: Subject, run: Run) -> dict[str, Reveal]:
    rows = Reveal.objects.filter(run=run, user=subject.pk, expires_at__gt=timezone.now())
    return {row.node: row for row in rows.order_by("expires_at")}
