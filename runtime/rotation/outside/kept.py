"""What the rotators of kept texts have in common: one text, made here, written there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret
from runtime.rotation.generated import random_text
from runtime.rotation.outside.places import KeptPlace
from runtime.rotation.rotators import Change, Created, RotatorFailed, Surroundings, only_secret
from runtime.rotation.store_settings import StoreKind
from runtime.stores.asking import StoreFailed


async def opened(around: Surroundings, kind: StoreKind, name: str) -> Revealed:
    """The credential that opens the store. Raises `RotatorFailed`."""
    found = None if around.opener is None else await around.opener(kind, name)
    if found is None:
        raise RotatorFailed(f"There is no credential {name!r} of the type {kind}, which opens the store.")
    return found


@contextmanager
def told() -> Iterator[None]:
    """A store's failure is the step's."""
    try:
        yield
    except StoreFailed as failure:
        raise RotatorFailed(failure.reason, retryable=failure.retryable) from None


def made_text(
    place: KeptPlace, around: Surroundings, change: Change, *, source: str, reference: str
) -> Created:
    """A random value, not yet written anywhere; `reference` is the version that it will follow."""
    ends = None if place.valid_for_s is None else around.now + timedelta(seconds=place.valid_for_s)
    value = random_text(place.length, place.alphabet)
    return Created({only_secret(change.former): value}, expires_at=ends, source=source, reference=reference)


def secret_of(credential: Revealed) -> Secret:
    """Its one secret. Raises `RotatorFailed`."""
    return credential.secret(only_secret(credential))


def part_of(text: Secret, field: str, name: str) -> Secret:
    """The whole text, or a field of the JSON object that it is. Raises `RotatorFailed`."""
    if not field:
        return text
    value = _object(text, name).get(field)
    if not isinstance(value, str):
        raise RotatorFailed(f"The secret {name!r} has no text in the field {field!r}.")
    return Secret(value)


def with_part(text: Secret, field: str, value: Secret, name: str) -> Secret:
    """The text with another value, whole or in its field; other fields stay. Raises `RotatorFailed`."""
    if not field:
        return value
    return Secret(json.dumps({**_object(text, name), field: value.reveal()}))


def differs(store: str, name: str) -> RotatorFailed:
    """Somebody has changed the store: nothing of theirs is overwritten."""
    return RotatorFailed(
        f"{store} has another value at {name!r} than is in force here: somebody changed it there."
        " Enter that value here, or read it by a source; then it can be renewed."
    )


def _object(text: Secret, name: str) -> dict[str, object]:
    try:
        found = json.loads(text.reveal())
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RotatorFailed(f"The secret {name!r} is no JSON object, so it has no fields.")
    return found
