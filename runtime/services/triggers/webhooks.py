"""Deliveries to webhooks: judged, noted, and a run started, once for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError

from accounts.authorization import is_allowed
from accounts.models import User
from runtime.engine.errors import WorkflowError
from runtime.host.fault_points import reach
from runtime.models import Run, WebhookDelivery, WorkflowTrigger, WorkflowVersion
from runtime.queries.hooks import find_hook
from runtime.services.credentials import reveal
from runtime.services.triggers.flood import count_call, refuse_flood
from runtime.services.triggers.saving import note_problem
from runtime.services.triggers.starting import FiringRefused, Start, principal_of, start, version_of
from runtime.triggers.addresses import digest_of
from runtime.triggers.calls import Call, CallRefused, values_of
from runtime.triggers.configs import WaitForResult, WebhookConfig
from runtime.triggers.kinds import DeliveryOutcome
from runtime.triggers.signatures import SignatureRefused, verify

# A delivery with the same id is the same one for so long.
SAME_FOR = timedelta(hours=24)
MAX_KEY = 200
# A busy webhook's row is not written for each call.
_NOTE_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A delivery that has its run. `wait`: what the caller waits for; None: nothing."""

    run_id: UUID | None
    number: int | None
    wait: WaitForResult | None
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook that was found by its address."""

    trigger: WorkflowTrigger
    config: WebhookConfig
    version: WorkflowVersion | None = None


def open_hook(path: str) -> Hook:
    """The enabled webhook at this address. Raises `CallRefused`: 404, the same for none and a disabled one,
    and 429 past its limit."""
    digest = digest_of(path)
    refuse_flood(digest)
    found = find_hook(digest)
    if found is None:
        raise nothing_there()
    hook = Hook(found.trigger, WebhookConfig.model_validate(found.trigger.config), found.version)
    count_call(digest, limit=hook.config.max_per_minute)
    return hook


def nothing_there() -> CallRefused:
    """What every address answers that no webhook has."""
    return CallRefused(404, "not_found", "There is no webhook at this address.")


def deliver(call: Call) -> Accepted:
    """Starts a run for the call, or finds the one that the same delivery started. Raises `CallRefused`."""
    hook = open_hook(call.path)
    try:
        return _deliver(hook, call)
    except CallRefused as refused:
        _note_refusal(hook, call, refused)
        raise


def refuse_oversize(path: str, method: str, received: int) -> CallRefused:
    """Notes a call whose body is larger than any webhook takes."""
    try:
        hook = open_hook(path)
    except CallRefused as none_there:
        return none_there
    refused = _too_large(hook.config.max_body)
    call = Call(path, method, "", {}, b"", datetime.now(UTC).timestamp())
    _note_refusal(hook, call, refused, received=received)
    return refused


def _deliver(hook: Hook, call: Call) -> Accepted:
    trigger, config = hook.trigger, hook.config
    check_call(config, call)
    try:
        principal = principal_of(trigger)
        check_signature(config, call, trigger.tenant_id, principal)
        key = _delivery_key(config, call)
        before = None if key is None else _same_delivery(trigger, key, call)
        if before is not None:
            return _again(before, config)
        version = hook.version or version_of(trigger)
        wanted = Start(version, principal, values_of(call, config.body, _concealed(config)))
        wait = wait_of(config, trigger, principal)
        run = _start(hook, wanted, call, key)
    except FiringRefused as refused:
        raise as_call_refused(refused) from refused
    except _SameDelivery as same:
        return _again(same.delivery, config)
    _note_success(trigger, call)
    return Accepted(run.pk, run.number, wait)


def check_call(config: WebhookConfig, call: Call) -> None:
    """Method and size. Raises `CallRefused`."""
    if call.method not in config.methods:
        allowed = ", ".join(config.methods)
        message = f"This webhook takes {allowed}, not {call.method}."
        raise CallRefused(405, "method_not_allowed", message, headers={"Allow": allowed})
    if len(call.body) > config.max_body:
        raise _too_large(config.max_body)


def check_signature(config: WebhookConfig, call: Call, tenant_id: UUID, principal: User) -> None:
    """Raises `CallRefused` 401 for a delivery that is not signed as it should be."""
    signature = config.signature
    if signature is None:
        return
    try:
        secret = reveal(tenant_id, signature.credential, principal=principal).secret("secret")
    except WorkflowError as error:
        raise FiringRefused(error.code, error.message) from error
    try:
        verify(
            signature.scheme,
            call.header(signature.header_name),
            call.body,
            secret.reveal(),
            now=call.at,
            tolerance_s=signature.tolerance_s,
        )
    except SignatureRefused as refused:
        raise CallRefused(401, refused.code, refused.message) from refused


def wait_of(config: WebhookConfig, trigger: WorkflowTrigger, principal: User) -> WaitForResult | None:
    """What the caller waits for: only what the principal may see. Raises `FiringRefused`."""
    if not isinstance(config.respond, WaitForResult):
        return None
    if not is_allowed(principal, "run.data", trigger.workflow):
        raise FiringRefused("run_as_sees_no_data", f"{principal.email} may not see the data of runs.")
    return config.respond


def as_call_refused(refused: FiringRefused) -> CallRefused:
    """The caller is told what it sent wrong, and of our own trouble only that there is some."""
    if not refused.is_ours:
        return CallRefused(422, refused.code, refused.message)
    told = CallRefused(
        503,
        "webhook_unavailable",
        "This webhook cannot start runs at the moment. Those who look after it are told why.",
        headers={"Retry-After": "60"},
    )
    told.__cause__ = refused
    return told


# --- the same delivery again --------------------------------------------------------------------------------


class _SameDelivery(Exception):
    """Another process has just started the run of this delivery."""

    def __init__(self, delivery: WebhookDelivery) -> None:
        self.delivery = delivery


def _delivery_key(config: WebhookConfig, call: Call) -> str | None:
    if config.dedupe is None:
        return None
    key = call.header(config.dedupe) or ""
    if not key or len(key) > MAX_KEY or not key.isprintable():
        message = f"This webhook needs the delivery's id, of up to {MAX_KEY} characters, in {config.dedupe}."
        raise CallRefused(400, "delivery_id_missing", message)
    return key


def _same_delivery(trigger: WorkflowTrigger, key: str, call: Call) -> WebhookDelivery | None:
    """The delivery that came with this id before; one that is long past gives up its id."""
    found = WebhookDelivery.objects.select_related("run").filter(trigger=trigger, key=key).first()
    if found is None:
        return None
    if _time(call) - found.created_at > SAME_FOR:
        WebhookDelivery.objects.filter(pk=found.pk).update(key=None)
        return None
    return found


def _again(delivery: WebhookDelivery, config: WebhookConfig) -> Accepted:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(replays=delivery.replays + 1)
    run = delivery.run
    wait = config.respond if isinstance(config.respond, WaitForResult) else None
    if run is None:  # deleted meanwhile, as old runs are
        return Accepted(None, None, None, is_replay=True)
    return Accepted(run.pk, run.number, wait, is_replay=True)


# --- the run and the note of the delivery, together ---------------------------------------------------------


def _start(hook: Hook, wanted: Start, call: Call, key: str | None) -> Run:
    def note(run: Run) -> WebhookDelivery:
        return WebhookDelivery(
            trigger=hook.trigger,
            key=key,
            created_at=_time(call),
            method=call.method,
            bytes=len(call.body),
            outcome=DeliveryOutcome.ACCEPTED,
            status=202,
            run=run,
        )

    reach("webhook.before")
    try:
        run = start(hook.trigger, wanted, delivery=note)
    except IntegrityError:
        same = None if key is None else _same_delivery(hook.trigger, key, call)
        if same is None:
            raise
        raise _SameDelivery(same) from None
    reach("webhook.after")
    return run


def _note_refusal(hook: Hook, call: Call, refused: CallRefused, *, received: int | None = None) -> None:
    cause = refused.__cause__ if isinstance(refused.__cause__, FiringRefused) else refused
    WebhookDelivery.objects.create(
        trigger=hook.trigger,
        created_at=_time(call),
        method=call.method[:8],
        bytes=len(call.body) if received is None else received,
        outcome=DeliveryOutcome.REFUSED,
        status=refused.status,
        reason=cause.code,
        message=cause.message[:1000],
    )
    note_problem(hook.trigger, cause.code, cause.message, _time(call))


def _note_success(trigger: WorkflowTrigger, call: Call) -> None:
    now, last = _time(call), trigger.last_fired_at
    if trigger.last_problem is None and last is not None and now - last < _NOTE_EVERY:
        return
    WorkflowTrigger.objects.filter(pk=trigger.pk).update(last_fired_at=now, last_problem=None)


def _concealed(config: WebhookConfig) -> frozenset[str]:
    return frozenset() if config.signature is None else frozenset({config.signature.header_name.lower()})


def _too_large(limit: int) -> CallRefused:
    return CallRefused(
        413, "too_large", f"The body is larger than {limit} bytes, the most this webhook takes."
    )


def _time(call: Call) -> datetime:
    return datetime.fromtimestamp(call.at, UTC)
