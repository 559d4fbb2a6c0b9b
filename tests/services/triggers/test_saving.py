"""What a trigger may be, and who may say so."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from accounts.authorization import AccessDenied
from accounts.models import User
from runtime.models import Credential, Workflow, WorkflowTrigger
from runtime.services.triggers.saving import address_path, rotate_address, update_trigger
from runtime.triggers.addresses import digest_of
from runtime.triggers.problems import InvalidTrigger
from tests.people import make_tenant, make_user
from tests.services.triggers.conftest import TriggerMaker, WorkflowMaker

pytestmark = pytest.mark.django_db


def refusals(make_trigger: TriggerMaker, kind: str, **options: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(InvalidTrigger) as caught:
        make_trigger(kind, **options)
    assert WorkflowTrigger.objects.count() == 0
    return [(item.code, item.field) for item in caught.value.problems]


def test_everything_that_is_wrong_is_said_at_once(make_trigger: TriggerMaker) -> None:
    found = refusals(
        make_trigger,
        "schedule",
        name=" ",
        cron="0 0 31 2 *",
        zone="Mars/Olympus",
        inputs={"regio": "scheduled_for", "amount": "body.x"},
        version=9,
    )

    assert set(found) == {
        ("bad_name", "name"),
        ("unknown_version", "version"),
        ("unknown_name", "inputs.amount"),
        ("never_fires", "config.cron"),
        ("unknown_zone", "config.zone"),
    }


def test_an_input_that_no_parameter_has_is_refused_with_a_hint(make_trigger: TriggerMaker) -> None:
    with pytest.raises(InvalidTrigger) as caught:
        make_trigger("webhook", inputs={"regio": "body.region"})

    assert "Did you mean 'region'?" in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"cron": "* * * * *", "catch_up_limit": 0}, "config.catch_up_limit"),
        ({"cron": "* * * * *", "missed": "maybe"}, "config.missed"),
        ({"cron": "* * * * *", "every": 5}, "config.every"),
        ({"cron": None}, "config.cron"),
    ],
)
def test_a_schedules_config_is_checked_by_its_fields(
    make_trigger: TriggerMaker, options: dict[str, Any], field: str
) -> None:
    assert [place for _, place in refusals(make_trigger, "schedule", **options)] == [field]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"methods": []}, "config.methods"),
        ({"methods": ["TRACE"]}, "config.methods.0"),
        ({"dedupe": "Cookie"}, "config.dedupe"),
        ({"dedupe": "a b"}, "config.dedupe"),
        ({"respond": {"wait_s": 61}}, "config.respond.wait_s"),
        ({"respond": "later"}, "config.respond"),
        ({"respond": {"node": "nothing"}}, "config.respond.node"),
        ({"respond": {"output": "result"}}, "config.respond.node"),
        ({"max_body": 1 << 30}, "config.max_body"),
        ({"signature": {"credential": "gone"}}, "config.signature.credential"),
        ({"signature": {"credential": "key", "scheme": "rot13"}}, "config.signature.scheme"),
    ],
)
def test_a_webhooks_config_is_checked_by_its_fields(
    make_trigger: TriggerMaker, options: dict[str, Any], field: str
) -> None:
    assert [place for _, place in refusals(make_trigger, "webhook", **options)] == [field]


def test_a_signature_needs_a_credential_of_the_right_type(make_trigger: TriggerMaker, user: User) -> None:
    Credential.objects.create(tenant=user.tenant, name="mail", type="smtp")

    assert refusals(make_trigger, "webhook", signature={"credential": "mail"}) == [
        ("wrong_credential", "config.signature.credential")
    ]


def test_what_is_not_published_can_be_set_up_but_not_enabled(
    make_trigger: TriggerMaker, make_workflow: WorkflowMaker
) -> None:
    draft = make_workflow(published=False)

    assert refusals(make_trigger, "webhook", workflow=draft) == [("not_published", "enabled")]
    assert make_trigger("webhook", workflow=draft, enabled=False).enabled is False


def test_workflows_that_would_start_each_other_for_ever_are_refused(
    make_trigger: TriggerMaker, make_workflow: WorkflowMaker
) -> None:
    a, b, c = (make_workflow(name) for name in "ABC")
    make_trigger("workflow", workflow=b, source=str(a.pk))
    make_trigger("workflow", workflow=c, source=str(b.pk), enabled=False)

    with pytest.raises(InvalidTrigger) as caught:
        make_trigger("workflow", workflow=a, source=str(c.pk))
    with pytest.raises(InvalidTrigger):
        make_trigger("workflow", workflow=a, source=str(a.pk))

    assert caught.value.problems[0].code == "trigger_cycle"
    assert "C → A → B → C" in caught.value.problems[0].message


def test_a_change_may_not_close_a_circle_either(
    make_trigger: TriggerMaker, make_workflow: WorkflowMaker, user: User
) -> None:
    a, b, c = (make_workflow(name) for name in "ABC")
    make_trigger("workflow", workflow=b, source=str(a.pk))
    other = make_trigger("workflow", workflow=a, source=str(c.pk))

    update_trigger(other, {"config": {"source": str(c.pk), "on": "failed"}}, user=user)
    with pytest.raises(InvalidTrigger):
        update_trigger(other, {"config": {"source": str(b.pk)}}, user=user)


def test_a_workflow_of_another_workspace_cannot_be_followed(make_trigger: TriggerMaker) -> None:
    stranger = Workflow.objects.create(tenant=make_tenant("Other"), name="Theirs")

    assert refusals(make_trigger, "workflow", source=str(stranger.pk)) == [
        ("unknown_workflow", "config.source")
    ]


def test_nobody_sets_up_a_trigger_in_anothers_name(make_trigger: TriggerMaker, user: User) -> None:
    colleague = make_user(user.tenant, "owner")

    with pytest.raises(AccessDenied):
        make_trigger("schedule", run_as=colleague)

    assert make_trigger("schedule", run_as=user, by=colleague).run_as == user


def test_a_trigger_of_another_person_is_changed_only_by_taking_it_over(
    make_trigger: TriggerMaker, user: User
) -> None:
    colleague = make_user(user.tenant, "editor")
    trigger = make_trigger("schedule")

    with pytest.raises(AccessDenied) as caught:
        update_trigger(trigger, {"inputs": {"region": "'us'"}}, user=colleague)
    taken = update_trigger(trigger, {"inputs": {"region": "'us'"}, "run_as": colleague}, user=colleague)

    assert "take it over" in str(caught.value)
    assert (taken.run_as, taken.inputs) == (colleague, {"region": "'us'"})


def test_anybody_who_manages_triggers_may_switch_one_off(make_trigger: TriggerMaker, user: User) -> None:
    colleague = make_user(user.tenant, "editor")
    trigger = make_trigger("schedule")

    off = update_trigger(trigger, {"enabled": False}, user=colleague)

    assert (off.enabled, off.next_at) == (False, None)
    with pytest.raises(AccessDenied):
        update_trigger(trigger, {"enabled": True}, user=colleague)


def test_a_person_who_may_not_run_the_workflow_cannot_be_run_as(
    make_trigger: TriggerMaker, user: User
) -> None:
    owner, viewer = make_user(user.tenant, "owner"), make_user(user.tenant, "viewer")

    assert refusals(make_trigger, "schedule", run_as=viewer, by=owner) == [("run_as_denied", "run_as")]


def test_what_is_switched_on_again_has_missed_nothing(make_trigger: TriggerMaker, user: User) -> None:
    trigger = make_trigger("schedule", missed="run_all")
    update_trigger(trigger, {"enabled": False}, user=user)

    on = update_trigger(trigger, {"enabled": True}, user=user)

    assert on.next_at is not None
    assert on.next_at > on.updated_at


def test_a_new_name_does_not_move_the_next_time(make_trigger: TriggerMaker, user: User) -> None:
    trigger = make_trigger("schedule")

    assert update_trigger(trigger, {"name": "Nightly"}, user=user).next_at == trigger.next_at


def test_addresses_are_not_stored_and_can_be_changed(make_trigger: TriggerMaker) -> None:
    trigger = make_trigger("webhook")
    before = address_path(trigger, "live")

    after = address_path(rotate_address(trigger), "live")

    assert before != after
    row = WorkflowTrigger.objects.filter(pk=trigger.pk).values().get()
    assert not any(before in str(value) or after in str(value) for value in row.values())
    assert row["address_digest"] == digest_of(after)


def test_an_address_made_with_another_server_key_is_not_shown_wrongly(make_trigger: TriggerMaker) -> None:
    trigger = make_trigger("webhook")

    with override_settings(SECRET_KEY="x" * 40), pytest.raises(InvalidTrigger) as caught:
        address_path(trigger, "live")

    assert caught.value.problems[0].code == "address_lost"
