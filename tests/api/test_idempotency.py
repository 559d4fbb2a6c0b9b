from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Tenant
from runtime.models import IdempotencyRecord
from runtime.services import idempotency
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db
KEY = {"Idempotency_Key": "key-1"}


def names(api: Api) -> list[str]:
    return [row["name"] for row in api.get("workflows/").json()["results"]]


def test_the_same_request_gets_the_same_answer_and_acts_once(api: Api) -> None:
    answers = [api.post("workflows/", {"name": "Once"}, **KEY) for _ in range(3)]

    assert {answer.content for answer in answers} == {answers[0].content}
    assert {answer["Location"] for answer in answers} == {answers[0]["Location"]}
    assert ["Idempotent-Replay" in answer for answer in answers] == [False, True, True]
    assert names(api) == ["Once"]


def test_another_request_under_the_same_key_is_refused(api: Api, workflow: dict[str, Any]) -> None:
    api.post("workflows/", {"name": "One"}, **KEY)

    other_body = api.post("workflows/", {"name": "Two"}, **KEY)
    other_path = api.post(f"workflows/{workflow['id']}/versions/", {}, **KEY)

    assert [answer.status_code for answer in (other_body, other_path)] == [422, 422]
    assert other_body.json()["code"] == "idempotency_key_reused"
    assert "Two" not in names(api)


def test_a_refused_request_frees_its_key(api: Api) -> None:
    assert api.post("workflows/", {"name": ""}, **KEY).status_code == 422

    assert api.post("workflows/", {"name": "Right"}, **KEY).status_code == 201


def test_keys_of_two_people_do_not_meet(tenant: Tenant, api: Api) -> None:
    other = Api(make_user(tenant, "editor"))

    ids = {one.post("workflows/", {"name": "Mine"}, **KEY).json()["id"] for one in (api, other)}

    assert len(ids) == 2


def test_a_request_that_still_runs_is_409(api: Api) -> None:
    api.post("workflows/", {"name": "Slow"}, **KEY)
    IdempotencyRecord.objects.update(status=None, body=None)

    response = api.post("workflows/", {"name": "Slow"}, **KEY)

    assert response.status_code == 409
    assert response["Retry-After"]


def test_a_request_whose_process_died_can_be_made_again_after_a_while(api: Api) -> None:
    api.post("workflows/", {"name": "Died"}, **KEY)
    IdempotencyRecord.objects.update(
        status=None, body=None, created_at=timezone.now() - idempotency.ABANDONED_AFTER - timedelta(seconds=1)
    )

    assert api.post("workflows/", {"name": "Died"}, **KEY).status_code == 201


def test_answers_are_kept_for_a_day(api: Api) -> None:
    api.post("workflows/", {"name": "Day"}, **KEY)
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))

    assert idempotency.forget_old() == 1
    assert api.post("workflows/", {"name": "Day"}, **KEY).status_code == 201
    assert names(api) == ["Day", "Day"]


def test_a_kept_answer_needs_the_permission_all_the_same(tenant: Tenant) -> None:
    user = make_user(tenant, "editor")
    Api(user).post("workflows/", {"name": "Kept"}, **KEY)

    assert Api(user, ["workflow.view"]).post("workflows/", {"name": "Kept"}, **KEY).status_code == 403
