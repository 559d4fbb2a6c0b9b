"""Who was shown data is counted by day, with the names of fields that some are not shown, and no values."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import MaskingRule, Tenant, User
from accounts.services import set_attributes
from accounts.services.versions import bump_policy_version
from runtime.host.host import RunHost
from runtime.models import Dataset, DataView, Run
from runtime.queries.views import Sight, views_by_day, who_saw
from runtime.services import data_views
from runtime.services.data_views import forget_old_views, saw_dataset, saw_run, write_views
from tests.api.driven import code, finished, make
from tests.contract import Api
from tests.people import make_user

BELOW_SECRET = {
    "attribute_path": "user.attributes.clearance",
    "operator": "security_level_below",
    "value": "secret",
}
SSN = "123-45-6789"
ROWS = [{"name": "Ada", "ssn": SSN, "country": "DE"}, {"name": "Bo", "ssn": SSN, "country": "FR"}]


def person(tenant: Tenant, clearance: str) -> User:
    user = make_user(tenant, "owner")
    set_attributes(user, {"clearance": clearance})
    return User.objects.get(pk=user.pk)


@pytest.fixture
def masked(tenant: Tenant) -> Tenant:
    mask(tenant, field="ssn", condition=BELOW_SECRET)
    return tenant


def mask(tenant: Tenant, **facts: Any) -> None:
    MaskingRule.objects.create(
        tenant=tenant, key="ssn", label="SSN", resource_type="*", mask_type="redact", **facts
    )
    bump_policy_version(tenant.pk)


def upload(user: User) -> UUID:
    file = SimpleUploadedFile("people.json", json.dumps(ROWS).encode())
    response = Api(user).upload("datasets/", {"file": file})
    assert response.status_code == 201, response.content
    return UUID(response.json()["id"])


def test_a_dataset_tells_who_saw_a_field_plain_and_who_masked(masked: Tenant) -> None:
    cleared, other = person(masked, "secret"), person(masked, "internal")
    dataset = upload(cleared)

    Api(cleared).get(f"datasets/{dataset}/rows/")
    Api(other).get(f"datasets/{dataset}/rows/")
    Api(other).get(f"datasets/{dataset}/rows/")
    write_views()

    seen = who_saw(masked.pk, dataset=dataset, column="ssn")
    assert seen == [Sight(cleared.pk, "unmasked", 1), Sight(other.pk, "masked", 2)]
    names = who_saw(masked.pk, dataset=dataset, column="name")
    assert [(one.reader, one.how) for one in names] == [(other.pk, "unmasked"), (cleared.pk, "unmasked")]


def test_a_download_counts_the_records_that_left(masked: Tenant) -> None:
    other = person(masked, "internal")
    dataset = upload(other)

    Api(other).get(f"datasets/{dataset}/download/")
    write_views()

    row = DataView.objects.get(reader=other)
    assert (row.count, row.exported, row.masked, row.unmasked) == (1, 2, ["ssn"], [])


def test_a_rule_that_asks_each_record_counts_as_both(tenant: Tenant) -> None:
    mask(
        tenant, field="ssn", condition={"attribute_path": "data.country", "operator": "equals", "value": "DE"}
    )
    reader = person(tenant, "secret")
    dataset = upload(reader)

    Api(reader).get(f"datasets/{dataset}/rows/")
    write_views()

    row = DataView.objects.get(reader=reader)
    assert (row.masked, row.unmasked) == (["ssn"], ["ssn"])


def test_counts_of_a_day_are_added_up(masked: Tenant) -> None:
    cleared = person(masked, "secret")
    dataset = upload(cleared)

    for _ in range(3):
        Api(cleared).get(f"datasets/{dataset}/rows/")
        write_views()

    row = DataView.objects.get(reader=cleared)
    assert (row.count, row.fields) == (3, {"ssn": [3, 0]})
    assert row.first_at < row.last_at


def test_no_value_is_kept(masked: Tenant) -> None:
    cleared = person(masked, "secret")
    dataset = upload(cleared)

    Api(cleared).get(f"datasets/{dataset}/rows/")
    write_views()

    assert SSN not in str(list(DataView.objects.values()))


def test_an_answer_does_not_wait_for_the_count(masked: Tenant) -> None:
    cleared = person(masked, "secret")
    dataset = upload(cleared)
    write_views()

    assert Api(cleared).get(f"datasets/{dataset}/rows/").status_code == 200

    assert not DataView.objects.exists()


def test_what_nobody_may_read_is_not_counted(masked: Tenant, stranger_api: Api) -> None:
    dataset = upload(person(masked, "secret"))

    assert stranger_api.get(f"datasets/{dataset}/rows/").status_code == 404

    write_views()
    assert not DataView.objects.exists()


def test_too_many_at_once_are_dropped_and_counted(
    masked: Tenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(data_views, "MOST_WAITING", 2)
    book = data_views._Book()
    monkeypatch.setattr(data_views, "_book", lambda: book)
    cleared = person(masked, "secret")
    dataset = upload(cleared)

    for _ in range(3):
        assert Api(cleared).get(f"datasets/{dataset}/rows/").status_code == 200
    book.write()

    assert DataView.objects.get(reader=cleared).count == 2
    assert book.lost == 1


def test_a_tenant_that_is_gone_is_passed_over(masked: Tenant) -> None:
    cleared = person(masked, "secret")
    gone = Dataset(tenant_id=uuid4(), name="gone")
    saw_dataset(cleared, gone, ROWS, ())

    assert write_views() == 1

    assert not DataView.objects.exists()


def test_old_views_are_forgotten(masked: Tenant) -> None:
    cleared = person(masked, "secret")
    Api(cleared).get(f"datasets/{upload(cleared)}/rows/")
    write_views()
    row = DataView.objects.get()
    DataView.objects.filter(pk=row.pk).update(day="2020-01-01")

    assert forget_old_views() == 1


@pytest.mark.django_db(transaction=True)
def test_steps_of_runs_tell_who_saw_what(masked: Tenant, host: RunHost) -> None:
    cleared, other = person(masked, "secret"), person(masked, "internal")
    api = Api(cleared)
    path = make(
        api, {"nodes": [{"id": "fetch", **code("result = {'people': [{'ssn': ssn}]}")}], "connections": []}
    )
    started = api.post(path + "runs/", {"parameters": {"fetch": {"ssn": SSN}}})
    run = Run.objects.get(pk=finished(api, started, host)["id"])
    write_views()
    DataView.objects.all().delete()

    api.get(f"runs/{run.pk}/nodes/fetch/")
    Api(other).get(f"runs/{run.pk}/nodes/fetch/")
    Api(other).get(f"runs/{run.pk}/nodes/fetch/", {"download": "outputs"})
    Api(other).get(f"runs/{run.pk}/")
    saw_run(None, run, "fetch", exported=7)
    write_views()

    assert who_saw(masked.pk, workflow=run.workflow_id, step="fetch", column="ssn") == [
        Sight(cleared.pk, "unmasked", 1),
        Sight(other.pk, "masked", 2),
    ]
    days = list(views_by_day(masked.pk, run.created_at, run.created_at))
    assert {(one.reader, one.node, one.count, one.exported) for one in days} == {
        (cleared.pk, "fetch", 1, 0),
        (other.pk, "fetch", 2, 1),
        (other.pk, "", 1, 0),
        (None, "fetch", 1, 7),
    }
    [parameters] = [one for one in days if one.node == ""]
    assert parameters.masked == ("ssn",)
