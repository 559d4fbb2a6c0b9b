"""Two changes at the same moment leave somebody who may change policies, as one change does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.authorization import is_allowed
from accounts.models import User
from accounts.services.members import change_member
from accounts.services.refusals import LockOut
from tests.people import make_tenant, make_user


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_demote_each_other_at_once() -> None:
    tenant = make_tenant()
    people = [make_user(tenant, "admin"), make_user(tenant, "admin")]
    together = Barrier(2)

    def demote(by: User, other: User) -> bool:
        try:
            together.wait()
            change_member(User.objects.get(pk=other.pk), by=User.objects.get(pk=by.pk), roles=["viewer"])
        except LockOut:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(demote, people, reversed(people)))

    assert sorted(outcomes) == [False, True]
    left = [person for person in User.objects.filter(tenant=tenant) if is_allowed(person, "policy.manage")]
    assert len(left) == 1
