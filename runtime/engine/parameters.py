"""The 29 runtime parameters: what each one is, what it may be, and which way is tighter.

Checks, an operator's limits, the generated reference, the API and the settings form derive from this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from types import MappingProxyType
from typing import Any, Literal

Group = Literal[
    "Parallel work",
    "Time",
    "Retries",
    "Failures",
    "Flow",
    "Data",
    "Sandbox",
    "Access",
    "Observing",
    "Durability",
]
Settable = Literal["workflow", "operator"]
# A limit bounds from above ("lower" is tighter), from below, allows only false or true, or, for an
# enumeration listed from its loosest value to its tightest, allows the value named and those after it.
Tighter = Literal["lower", "higher", "false", "true", "later"]

YEAR_S = 31_536_000
DAY_S = 86_400
GIB = 1 << 30
LARGEST_SEED = (1 << 53) - 1  # as a JSON number it is the same everywhere


@dataclass(frozen=True, slots=True)
class Parameter:
    """One runtime parameter.

    `schema` is JSON Schema; for a Python object, which JSON cannot hold, it is empty and `accepts` says what
    it takes, as `fits` checks. `null_means` is what null does, where null is allowed. `settable` says who may
    set it on the server: a workflow and a run, within the operator's limits, or the operator alone.
    """

    name: str
    title: str
    group: Group
    description: str
    default: Any
    schema: Mapping[str, Any]
    unit: str | None = None
    settable: Settable = "workflow"
    tighter: Tighter | None = None
    null_means: str = ""
    accepts: str = ""
    fits: Callable[[Any], bool] | None = None

    @property
    def allowed(self) -> str:
        """What it takes, as the end of a sentence that begins with `must be`."""
        text = self.accepts or _allowed(self.schema)
        return f"{text}, or null {self.null_means}" if self.null_means else text

    def complaint(self, value: Any) -> str | None:
        """What is wrong with a value, as the end of a sentence that begins with the name; None: nothing."""
        if value is None and self.null_means:
            return None
        is_fine = self.fits(value) if self.fits is not None else _fits(value, self.schema)
        return None if is_fine else f"must be {self.allowed}"

    def is_looser(self, value: Any, limit: Any) -> bool:
        """Whether `value` goes past an operator's `limit`."""
        if limit is None or self.tighter is None:
            return False
        if self.tighter == "later":
            order = self.schema["enum"]
            return bool(order.index(value) < order.index(limit))
        if self.tighter in ("true", "false"):
            return bool(value is not limit and limit is (self.tighter == "true"))
        if value is None:
            return True
        return bool(value > limit if self.tighter == "lower" else value < limit)


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    if "enum" in schema:
        return isinstance(value, str) and value in schema["enum"]
    names = schema["type"]
    if "boolean" in names:
        return isinstance(value, bool)
    kinds = int if "integer" in names else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool):
        return False
    # Not a number compares false with everything, and infinity is past every maximum.
    is_enough = (
        value > schema["exclusiveMinimum"] if "exclusiveMinimum" in schema else value >= schema["minimum"]
    )
    return bool(is_enough and value <= schema["maximum"])


def _allowed(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    if "boolean" in schema["type"]:
        return "true or false"
    kind = "a whole number" if "integer" in schema["type"] else "a number of seconds"
    if "exclusiveMinimum" in schema:
        return f"{kind} above {schema['exclusiveMinimum']} and at most {schema['maximum']}"
    return f"{kind} from {schema['minimum']} to {schema['maximum']}"


def _whole(least: int, most: int, *, nullable: bool = False) -> Mapping[str, Any]:
    return {"type": ["integer", "null"] if nullable else "integer", "minimum": least, "maximum": most}


def _seconds(most: int, *, nullable: bool = False, above: int | None = None) -> Mapping[str, Any]:
    least = {"minimum": 0} if above is None else {"exclusiveMinimum": above}
    return {"type": ["number", "null"] if nullable else "number", **least, "maximum": most}


def _choice(*options: str) -> Mapping[str, Any]:
    return {"type": "string", "enum": list(options)}


_SWITCH: Mapping[str, Any] = {"type": "boolean"}


def _is_person(value: Any) -> bool:
    user_id, roles = getattr(value, "user_id", None), getattr(value, "roles", None)
    return isinstance(user_id, str) and bool(user_id) and isinstance(roles, list | tuple | set | frozenset)


def _gives_secrets(value: Any) -> bool:
    return isinstance(value, Mapping) or callable(value) or callable(getattr(value, "get", None))


def _is_path(value: Any) -> bool:
    if isinstance(value, PathLike):
        value = value.__fspath__()
    return isinstance(value, str) and value.strip() != "" and "\0" not in value


def _table(*parameters: Parameter) -> Mapping[str, Parameter]:
    return MappingProxyType({parameter.name: parameter for parameter in parameters})


PARAMETERS: Mapping[str, Parameter] = _table(
    Parameter(
        "max_workers",
        "Workers",
        "Parallel work",
        "How many blocking nodes work at the same time, each in a thread or a sandbox process.",
        8,
        _whole(1, 10_000),
        unit="nodes",
        tighter="lower",
    ),
    Parameter(
        "max_concurrency",
        "Nodes in flight",
        "Parallel work",
        "How many nodes of a run are under way at the same time. Loops, maps and sub-workflows do not count, "
        "the nodes inside them do.",
        64,
        _whole(1, 10_000),
        unit="nodes",
        tighter="lower",
    ),
    Parameter(
        "timeout",
        "Run timeout",
        "Time",
        "How long the whole run may take. What is still under way then is stopped and the run fails.",
        None,
        _seconds(YEAR_S, nullable=True, above=0),
        unit="seconds",
        tighter="lower",
        null_means="for no limit",
    ),
    Parameter(
        "node_timeout",
        "Node timeout",
        "Time",
        "How long one attempt of a node may take, unless the node sets its own timeout.",
        None,
        _seconds(YEAR_S, nullable=True, above=0),
        unit="seconds",
        tighter="lower",
        null_means="for no limit",
    ),
    Parameter(
        "retry_on_failure",
        "Retry failed nodes",
        "Retries",
        "Gives every node without a retry option of its own the retries below. Nodes that must act at most "
        "once, and containers, are never tried again.",
        False,
        _SWITCH,
        tighter="false",
    ),
    Parameter(
        "max_retries",
        "Retries",
        "Retries",
        "How often a failed node is tried again with retry_on_failure: 3 is four attempts.",
        3,
        _whole(0, 100),
        unit="retries",
        tighter="lower",
    ),
    Parameter(
        "retry_backoff",
        "Backoff",
        "Retries",
        "How the delay before a retry grows with retry_on_failure. It is drawn between 0 and that value.",
        "exponential",
        _choice("constant", "linear", "exponential"),
        tighter="later",
    ),
    Parameter(
        "retry_initial_delay",
        "First delay",
        "Retries",
        "The upper end of the delay before the first retry with retry_on_failure.",
        1.0,
        _seconds(DAY_S),
        unit="seconds",
        tighter="higher",
    ),
    Parameter(
        "retry_max_delay",
        "Longest delay",
        "Retries",
        "What the delay before a retry never grows past with retry_on_failure, unless the other side asks to "
        "wait longer.",
        60.0,
        _seconds(DAY_S),
        unit="seconds",
        tighter="higher",
    ),
    Parameter(
        "fail_fast",
        "Stop at the first failure",
        "Failures",
        "Stops the run as soon as a node has failed for good, instead of finishing the branches that do not "
        "depend on it.",
        False,
        _SWITCH,
        tighter="true",
    ),
    Parameter(
        "circuit_breaker_threshold",
        "Breaker threshold",
        "Failures",
        "After so many failures in a row a host is not called for a while: requests to it fail at once. "
        "Transport errors, timeouts and 5xx answers count.",
        None,
        _whole(1, 1000, nullable=True),
        unit="failures",
        tighter="lower",
        null_means="for no breaker",
    ),
    Parameter(
        "circuit_breaker_reset",
        "Breaker reset",
        "Failures",
        "How long a host is left alone before one request tries it again.",
        30.0,
        _seconds(DAY_S, above=0),
        unit="seconds",
        tighter="higher",
    ),
    Parameter(
        "conditional_execution",
        "Skipped nodes",
        "Flow",
        "Whether skipped nodes are left out of the results (skip_branches) or stand there as null "
        "(route_data).",
        "skip_branches",
        _choice("skip_branches", "route_data"),
    ),
    Parameter(
        "enable_cycles",
        "Allow loops",
        "Flow",
        "Whether a workflow may hold a LoopNode.",
        True,
        _SWITCH,
        tighter="false",
    ),
    Parameter(
        "max_iterations",
        "Iterations",
        "Flow",
        "The most rounds of a loop and items of a map; one that needs more fails.",
        10_000,
        _whole(1, 1_000_000),
        unit="iterations",
        tighter="lower",
    ),
    Parameter(
        "connection_validation",
        "Connection checks",
        "Data",
        "What happens where a value does not fit the type of the port that it reaches: nothing (off), a "
        "warning (warn), or the workflow is refused and the node fails (strict).",
        "warn",
        _choice("off", "warn", "strict"),
        tighter="later",
    ),
    Parameter(
        "max_output_bytes",
        "Output size",
        "Data",
        "The most that one node may put out, measured as JSON; a node that puts out more fails.",
        64 << 20,
        _whole(1, GIB),
        unit="bytes",
        tighter="lower",
    ),
    Parameter(
        "sandbox",
        "Sandbox",
        "Sandbox",
        "Where code nodes run: in locked-in processes (isolated), or in the script's own process (inline), "
        "which is only for code that you wrote yourself.",
        "isolated",
        _choice("inline", "isolated"),
        settable="operator",
        tighter="later",
    ),
    Parameter(
        "sandbox_memory_mb",
        "Sandbox memory",
        "Sandbox",
        "How much memory one sandbox process may use.",
        512,
        _whole(64, 65_536),
        unit="MiB",
        tighter="lower",
    ),
    Parameter(
        "user_context",
        "User",
        "Access",
        "On whose behalf the workflow runs: a UserContext with a user_id and roles.",
        None,
        {},
        settable="operator",
        null_means="for nobody in particular",
        accepts="a UserContext (from accounts.access)",
        fits=_is_person,
    ),
    Parameter(
        "enable_security",
        "Access checks",
        "Access",
        "Whether each node is checked against the user's roles before it runs. A node that the user may not "
        "execute fails with access_denied.",
        None,
        {"type": ["boolean", "null"]},
        settable="operator",
        null_means="for on when there is a user_context",
    ),
    Parameter(
        "enable_audit",
        "Audit",
        "Access",
        "Writes who ran what, each decision about a node, and how it ended, to state/audit.jsonl in the "
        "workspace; without one, to the runtime's audit_entries.",
        False,
        _SWITCH,
        settable="operator",
    ),
    Parameter(
        "secret_provider",
        "Secrets",
        "Access",
        "Where nodes find secrets by name. What a node has asked for stands as dots in its outputs, errors "
        "and log lines.",
        None,
        {},
        settable="operator",
        null_means="for credentials.json in the workspace",
        accepts="a mapping of names to secrets, a function of a name, or an object with get(name)",
        fits=_gives_secrets,
    ),
    Parameter(
        "enable_logging",
        "Log events",
        "Observing",
        "Writes each step of a run to the log as it happens.",
        False,
        _SWITCH,
        tighter="false",
    ),
    Parameter(
        "debug",
        "Debug",
        "Observing",
        "Logs the names, types and sizes of what each attempt takes in and puts out, never the values. In a "
        "script the errors of failed nodes carry their traceback.",
        False,
        _SWITCH,
        tighter="false",
    ),
    Parameter(
        "enable_monitoring",
        "Measure nodes",
        "Observing",
        "Measures how long each attempt waited and ran and how much it put out. In a script metrics() sums "
        "it up by node type.",
        False,
        _SWITCH,
        tighter="true",
    ),
    Parameter(
        "event_sink",
        "Event sink",
        "Observing",
        "A function that is called with each event of a run. What it raises is logged and changes nothing.",
        None,
        {},
        settable="operator",
        null_means="for none",
        accepts="a function that takes an event",
        fits=callable,
    ),
    Parameter(
        "persist",
        "Journal",
        "Durability",
        "The file in which a run is recorded as it goes. The script run again with it resumes where it was.",
        None,
        {},
        settable="operator",
        null_means="for none",
        accepts="the path of a file",
        fits=_is_path,
    ),
    Parameter(
        "seed",
        "Seed",
        "Durability",
        "Makes the draws of retry delays and the ids of runs repeat.",
        None,
        _whole(0, LARGEST_SEED, nullable=True),
        null_means="for different ones each time",
    ),
)

WORKFLOW_SETTINGS = frozenset(item.name for item in PARAMETERS.values() if item.settable == "workflow")
DEFAULTS: Mapping[str, Any] = MappingProxyType({item.name: item.default for item in PARAMETERS.values()})
