"""One contract for Vault, AWS and Azure, as sources and as places that secrets are rotated in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

import pytest

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.rotation.registry import rotator_at
from runtime.rotation.rotators import Change, Created, Rotator, RotatorFailed, Surroundings
from runtime.rotation.settings import RotationSettings
from runtime.rotation.sources import Obtained, SourceFailed, obtain
from runtime.services_protocol import HttpClient, HttpResponse
from tests.secret_stores.moto import REGION
from tests.secret_stores.openbao import openbao as another_openbao
from tests.secret_stores.stores import AtAws, InAzure, InVault, Store, Who

NOW = datetime(2026, 3, 4, tzinfo=UTC)
OLD = "the-value-so-far"
EGRESS = EgressPolicy.from_text("127.0.0.1")
_numbers = count(1)


@pytest.fixture(params=["vault", "aws", "azure"])
def store(request: pytest.FixtureRequest) -> Store:
    make: dict[str, tuple[str, Callable[[Any], Store]]] = {
        "vault": ("openbao", InVault),
        "aws": ("moto", AtAws),
        "azure": ("azure", InAzure),
    }
    peer, adapter = make[request.param]
    return adapter(request.getfixturevalue(peer))


@dataclass
class Rotation:
    """One rotation of one secret of a store. A step is performed twice: a crash may repeat it."""

    store: Store
    name: str
    change: Change
    opened: Revealed
    http: HttpClient | None = None

    def create(self) -> str:
        created = cast(Created, self._do(lambda rotator: rotator.create(self.change)))
        [(field, value)] = created.secrets.items()
        made = Revealed(self.name, "secret", {}, {field: value}, 2)
        self.change = replace(self.change, new=made, reference=created.reference)
        return value.reveal()

    def step(self, name: str) -> None:
        for _ in range(2):
            self._do(lambda rotator: getattr(rotator, name)(self.change))

    def _do(self, step: Callable[[Rotator], Awaitable[Any]]) -> Any:
        async def perform() -> Any:
            http = self.http or GuardedHttpClient(EGRESS, tls=self.store.tls)
            around = Surroundings(http=http, reveal=_nobody, now=NOW, opener=self._opener)
            settings = RotationSettings.model_validate(
                {"credential_name": self.name, "rotator": dict(self.store.place(self.name))}
            )
            rotator = rotator_at(settings, around)
            assert rotator is not None
            try:
                return await step(rotator)
            finally:
                if isinstance(http, GuardedHttpClient):
                    await http.aclose()

        return asyncio.run(perform())

    async def _opener(self, kind: str, name: str) -> Revealed | None:
        return self.opened if (kind, name) == (self.opened.type, self.opened.name) else None


async def _nobody(name: str) -> Revealed:
    raise AssertionError("a store is opened by its opener")


def rotation(store: Store, who: Who = "writer", **more: Any) -> Rotation:
    name = f"contract-{next(_numbers)}"
    store.put(name, OLD)
    former = Revealed(name, "secret", {}, {"value": Secret(OLD)})
    return Rotation(store, name, Change(f"key-{name}", "single", former), store.opener(who), **more)


def read(store: Store, name: str, opened: Revealed | None, **more: Any) -> Obtained:
    settings = RotationSettings.model_validate(
        {
            "credential_name": name,
            "refresh_sources": [store.source],
            "refresh_config": {store.source: {**store.settings(name), **more}},
        }
    )

    async def perform() -> Obtained:
        http = GuardedHttpClient(EGRESS, tls=store.tls)
        try:
            return await obtain(settings.refresh_sources[0], settings, opened=opened, http=http, now=NOW)
        finally:
            await http.aclose()

    return asyncio.run(perform())


@contextmanager
def failing(*secrets: str) -> Iterator[list[RotatorFailed]]:
    """The step fails with a sentence that holds no secret."""
    caught: list[RotatorFailed] = []
    with pytest.raises(RotatorFailed) as failure:
        yield caught
    caught.append(failure.value)
    assert failure.value.reason.endswith((".", "?"))
    assert [secret for secret in secrets if secret in failure.value.reason] == []


# --- as a source --------------------------------------------------------------------------------------------


def test_a_source_gives_what_somebody_else_has_put_there(store: Store) -> None:
    store.put("read-me", "first-value")
    store.put("read-me", "second-value")

    found = read(store, "read-me", store.opener("reader"), valid_for_s=3600)

    assert found.value.reveal() == "second-value"
    assert found.expires_at == datetime(2026, 3, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "who", "words"),
    [
        ("never-put", "reader", "has n"),
        ("read-me-not", "stranger", "refuses|does not know"),
        ("read-me-not", None, "not set up"),
    ],
)
def test_a_source_that_gives_nothing_says_why(store: Store, name: str, who: Who | None, words: str) -> None:
    store.put("read-me-not", OLD)
    opened = None if who is None else store.opener(who)

    with pytest.raises(SourceFailed, match=words) as failure:
        read(store, name, opened)

    secrets = () if opened is None else opened.texts()
    assert [text for text in (OLD, *secrets) if text in str(failure.value)] == []


# --- as a place that is rotated -----------------------------------------------------------------------------


def test_a_new_value_comes_to_be_the_current_one_and_the_former_goes_last(store: Store) -> None:
    under_way = rotation(store)
    name = under_way.name

    new = under_way.create()
    assert (store.current(name), store.versions(name)) == (
        OLD,
        1,
    )  # nothing is written before it is kept here

    under_way.step("set")
    under_way.step("test")
    under_way.step("finish")
    assert store.current(name) == new
    assert store.has_previous(name, OLD)

    under_way.step("retire")
    assert store.current(name) == new
    assert not store.has_previous(name, OLD)
    assert store.versions(name) == 2


@pytest.mark.parametrize("reached", [(), ("set",), ("set", "test", "finish")])
def test_what_is_undone_leaves_the_former_value_alone(store: Store, reached: tuple[str, ...]) -> None:
    under_way = rotation(store)
    new = under_way.create()
    for step in reached:
        under_way.step(step)

    under_way.step("undo")

    assert store.current(under_way.name) == OLD
    assert not store.has_previous(under_way.name, new)


def test_after_an_undo_it_can_be_rotated_again(store: Store) -> None:
    first = rotation(store)
    first.create()
    first.step("set")
    first.step("undo")
    again = replace(first, change=replace(first.change, key="another-key", new=None, reference=""))

    new = again.create()
    for step in ("set", "test", "finish", "retire"):
        again.step(step)

    assert store.current(first.name) == new


def test_what_somebody_else_has_changed_is_not_overwritten(store: Store) -> None:
    before = rotation(store)
    store.put(before.name, "by-another-hand")
    with failing(OLD, "by-another-hand") as caught:
        before.create()
    assert "somebody changed it" in caught[0].reason

    meanwhile = rotation(store)
    new = meanwhile.create()
    store.put(meanwhile.name, "by-another-hand")
    with failing(OLD, new, "by-another-hand"):
        meanwhile.step("set")
        meanwhile.step("finish")
    assert store.current(meanwhile.name) == "by-another-hand"


def test_who_may_read_alone_changes_nothing(store: Store) -> None:
    under_way = rotation(store, "reader")
    new = under_way.create()

    with failing(OLD, new, *under_way.opened.texts()) as caught:
        under_way.step("set")

    assert "refuses" in caught[0].reason
    assert not caught[0].retryable
    assert (store.current(under_way.name), store.versions(under_way.name)) == (OLD, 1)


def test_who_is_unknown_to_the_store_is_told_so(store: Store) -> None:
    under_way = rotation(store, "stranger")

    with failing(OLD, *under_way.opened.texts()) as caught:
        under_way.create()

    assert not caught[0].retryable


def test_a_secret_that_is_not_there_is_not_made(store: Store) -> None:
    under_way = rotation(store)
    under_way.name = "never-made"

    with failing(OLD) as caught:
        under_way.create()

    assert "has no" in caught[0].reason


def test_without_what_opens_it_nothing_is_done(store: Store) -> None:
    under_way = rotation(store)
    under_way.opened = replace(under_way.opened, name="another")

    with failing(OLD) as caught:
        under_way.create()

    assert f"no credential '{store.kind}' of the type {store.kind}" in caught[0].reason


@dataclass
class Throttled:
    """AWS as it says that it is asked too often: moto never does."""

    async def request(self, method: str, url: str, **_: Any) -> HttpResponse:
        return HttpResponse(400, {}, url, b'{"__type": "com.amazonaws#ThrottlingException"}')


@contextmanager
def busy(under_way: Rotation) -> Iterator[None]:
    store = under_way.store
    if isinstance(store, InVault):
        with store.peer.sealed():
            yield
    elif isinstance(store, InAzure):
        store.peer.throttled = 1
        yield
    else:
        under_way.http = cast(HttpClient, Throttled())
        yield
        under_way.http = None


def test_a_store_that_is_sealed_or_too_busy_may_be_asked_again(store: Store) -> None:
    under_way = rotation(store)

    with busy(under_way), failing(OLD) as caught:
        under_way.create()

    assert caught[0].retryable
    assert "sealed" in caught[0].reason or "too often" in caught[0].reason
    under_way.create()
    under_way.step("set")


# --- what only one of them has ------------------------------------------------------------------------------


def test_a_certificate_that_nobody_vouches_for_is_refused(azure: Any) -> None:
    under_way = rotation(InAzure(azure), http=GuardedHttpClient(EGRESS))

    with failing(OLD, *under_way.opened.texts()) as caught:
        under_way.create()

    assert "nobody trusted vouches for" in caught[0].reason


def test_a_vault_with_a_certificate_of_its_own_is_refused_too() -> None:
    with another_openbao(tls=True) as peer:
        under_way = rotation(InVault(peer))
        with failing(OLD, *under_way.opened.texts()) as caught:
            under_way.create()

    assert "nobody trusted vouches for" in caught[0].reason


def test_another_region_of_aws_does_not_have_it(moto: Any) -> None:
    store = AtAws(moto)
    store.put("regional", OLD)

    assert read(store, "regional", store.opener(), region=REGION).value.reveal() == OLD
    with pytest.raises(SourceFailed, match="no secret 'regional' in us-east-1"):
        read(store, "regional", store.opener(), region="us-east-1")


def test_a_field_that_is_not_there_is_told(moto: Any, azure: Any) -> None:
    AtAws(moto).put("fields", OLD)
    InAzure(azure).put("fields", OLD)

    with pytest.raises(SourceFailed, match="no text in the field 'other'; it has 'note', 'password'"):
        read(AtAws(moto), "fields", AtAws(moto).opener(), field="other")
    with pytest.raises(SourceFailed, match="no JSON object"):
        read(InAzure(azure), "fields", InAzure(azure).opener(), field="password")


def test_azure_says_when_a_secret_expires(azure: Any) -> None:
    azure.put("ending", OLD, exp=1_900_000_000)

    found = read(InAzure(azure), "ending", InAzure(azure).opener())

    assert found.expires_at == datetime.fromtimestamp(1_900_000_000, UTC)


def test_a_disabled_version_of_azure_is_told_so(azure: Any) -> None:
    azure.put("disabled", OLD, enabled=False)

    with pytest.raises(SourceFailed, match="that version is disabled"):
        read(InAzure(azure), "disabled", InAzure(azure).opener())


def test_a_token_for_azure_is_sent_to_nobody_else(azure: Any) -> None:
    store = InAzure(azure)
    opened = store.opener()
    unbound = replace(opened, fields={**opened.fields, "vault_url": ""})

    with pytest.raises(SourceFailed, match="is for the vault https://127.0.0.1"):
        read(store, "x", opened, vault_url="https://other.vault.azure.net")
    with pytest.raises(SourceFailed, match="names a vault"):
        read(store, "x", unbound)
