"""Reads what the operator sets: `NAME`, or the text of the file that `NAME_FILE` names."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from runtime.credentials.transit import TransitKey

PROJECT_DIR = Path(__file__).resolve().parent.parent


class EnvironmentProblem(SystemExit):
    """A setting that cannot be used: what, where from and what to do, on one line."""

    def __init__(self, message: str) -> None:
        super().__init__(f"Lockgate cannot start: {message}")


def read(name: str, default: str = "") -> str:
    """The setting's text. Raises `EnvironmentProblem` when `NAME_FILE` cannot be read."""
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise EnvironmentProblem(
                f"{name}_FILE names {file_name}, which cannot be read ({error.strerror})."
            ) from error
    return os.environ.get(name, default)


def read_int(name: str, default: int) -> int:
    text = read(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise EnvironmentProblem(f"{name} is {text!r}; it must be a whole number.") from None


def read_amount(name: str) -> str:
    """A sum of money, as text; "0" when it is not set."""
    text = read(name, "0").strip() or "0"
    try:
        is_amount = 0 <= Decimal(text) < Decimal("1e12")
    except InvalidOperation:
        is_amount = False
    if not is_amount:
        raise EnvironmentProblem(f"{name} is {text!r}; it must be a number such as 250 or 99.50.")
    return text


def read_bool(name: str, default: bool = False) -> bool:
    text = read(name, "1" if default else "0").strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("", "0", "false", "no", "off"):
        return False
    raise EnvironmentProblem(f"{name} is {text!r}; it must be 1 or 0.")


def read_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in read(name, default).split(",") if item.strip()]


def runtime_limits() -> Mapping[str, Any]:
    """`RUNTIME_LIMITS`: the loosest that workflows and runs may set, by runtime parameter."""
    # Here, because settings are read by commands that need no engine as long as nothing is limited.
    text = read("RUNTIME_LIMITS").strip()
    if not text:
        return {}
    from runtime.engine.caps import Caps
    from runtime.engine.errors import ParameterError

    try:
        return dict(Caps.from_mapping(json.loads(text, parse_constant=_refuse_constant)).limits)
    except ParameterError as error:
        raise EnvironmentProblem(f"RUNTIME_LIMITS: {error.message}") from None
    except (ValueError, RecursionError) as error:
        what = error if isinstance(error, ValueError) else "it is nested too deeply"
        raise EnvironmentProblem(
            f"RUNTIME_LIMITS is not JSON that can be used ({what}). "
            'Set an object of limits, such as {"timeout": 3600, "max_iterations": 1000}.'
        ) from None


def llm_models() -> str:
    """`LLM_MODELS`: the list of models in JSON; empty when it is not set."""
    text = read("LLM_MODELS").strip()
    if text:
        from runtime.llm.models import read_book

        try:
            read_book(text)
        except ValueError as error:
            raise EnvironmentProblem(f"LLM_MODELS cannot be used: {error}.") from None
    return text


def credential_key(name: str) -> str:
    """A master key of credentials, as text; empty when it is not set."""
    text = read(name).strip()
    if text:
        from runtime.credentials.master_keys import KeyProblem, read_key

        try:
            read_key(text, name)
        except KeyProblem as problem:
            raise EnvironmentProblem(str(problem)) from None
    return text


def credential_key_in_vault() -> TransitKey | None:
    """The master key of credentials that stays in Vault; None when none is named."""
    prefix = "CREDENTIAL_KEY_VAULT_"
    needed = {name: read(prefix + name).strip() for name in ("ADDRESS", "KEY", "TOKEN")}
    if not any(needed.values()):
        return None
    missing = [prefix + name for name, text in needed.items() if not text]
    if missing:
        raise EnvironmentProblem(f"a key of credentials in Vault needs also {' and '.join(missing)}.")
    from runtime.credentials.master_keys import KeyProblem
    from runtime.credentials.transit import TransitKey

    def token() -> str:
        try:
            return read(f"{prefix}TOKEN").strip()
        except (EnvironmentProblem, ValueError):
            raise KeyProblem(f"{prefix}TOKEN_FILE names a file that cannot be read.") from None

    try:
        return TransitKey(
            address=needed["ADDRESS"],
            key=needed["KEY"],
            token=token,
            namespace=read(f"{prefix}NAMESPACE").strip(),
        )
    except KeyProblem as problem:
        raise EnvironmentProblem(str(problem)) from None


def collector_address() -> str:
    """`OTEL_EXPORTER_OTLP_ENDPOINT`, which spans are sent below; empty when it is not set."""
    name = "OTEL_EXPORTER_OTLP_ENDPOINT"
    address = read(name).strip()
    if not address:
        return ""
    if not address.startswith(("http://", "https://")):
        raise EnvironmentProblem(
            f"{name} is {address!r}; it must be an address such as http://localhost:4318."
        )
    protocol = read("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    if protocol != "http/protobuf":
        raise EnvironmentProblem(f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}; it must be http/protobuf.")
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.exporter") is None:
        raise EnvironmentProblem(f"{name} is set, but OpenTelemetry is not installed. Run: make otel")
    return address


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def data_dir() -> Path:
    """Where the embedded services and first-start files live (`DATA_DIR`, by default `.data/` here)."""
    return Path(read("DATA_DIR") or PROJECT_DIR / ".data").absolute()
