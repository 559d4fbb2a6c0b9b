"""Reads a graph document of unknown quality: everything wrong with its shape at once.

Defaults fill what is left out. A part that cannot be used is reported and left out of the graph, so that
the rest can still be checked; only a document that is no graph at all gives none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_args

from runtime.engine.access_labels import ACCESS_KEYS, access_complaints
from runtime.engine.errors import OutputError
from runtime.engine.graph import (
    SCHEMA,
    Connection,
    Graph,
    Join,
    Kind,
    NodeAccess,
    NodeOptions,
    NodeSpec,
    OnError,
    WorkflowParameter,
)
from runtime.engine.outputs import check_json
from runtime.engine.problems import Problem, near_match
from runtime.engine.sizes import Measure, measure

GRAPH_KEYS = ("schema", "parameters", "nodes", "connections", "groups", "settings", "annotations")
NODE_KEYS = tuple(
    "id type type_version config options access parent position label notes disabled".split()  # noqa: SIM905
)
OPTION_KEYS = ("retry", "timeout", "on_error", "join", "pin")
CONNECTION_KEYS = ("source", "output", "target", "input", "kind")
PARAMETER_KEYS = ("name", "schema", "default")
MAX_ID = 200
MAX_DEPTH = 100
# More than anybody can draw or read; each wrong part of a document becomes a problem in the answer.
MAX_ITEMS = {"nodes": 20_000, "connections": 50_000, "parameters": 2_000, "annotations": 10_000}
MAX_UNKNOWN_KEYS = 20
MAX_PIN_CHARACTERS = 1024 * 1024  # a sample to try things out with, kept in every stored version of the graph


def read_document(document: Any) -> tuple[Graph | None, list[Problem]]:
    """The graph (None when the shape is unusable) and all problems of shape."""
    if not isinstance(document, Mapping):
        return None, [Problem("invalid_document", "a graph must be a JSON object")]
    if _is_too_deep(document):
        return None, [Problem("invalid_document", f"the graph is nested more than {MAX_DEPTH} levels deep")]
    reader = _Reader()
    graph = reader.read(document)
    return (None if reader.is_unusable else graph), reader.problems


def _is_too_deep(document: Any) -> bool:
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, Mapping):
                below.extend(item for item in value.values() if isinstance(item, Mapping | list | tuple))
            else:
                below.extend(item for item in value if isinstance(item, Mapping | list | tuple))
        if not below:
            return False
        level = below
    return True


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.is_unusable = False

    def read(self, document: Mapping[str, Any]) -> Graph:
        self._refuse_unknown(document, GRAPH_KEYS, None, "")
        if document.get("schema", SCHEMA) != SCHEMA:
            self._reject("unsupported_schema", f"schema must be {SCHEMA}", None, "schema")
        if document.get("groups"):
            self._add("unsupported_option", "groups are not supported yet by this version", None, "groups")
        nodes = [self._node(item, place) for place, item in enumerate(self._list(document, "nodes"))]
        wires = [
            self._connection(item, place) for place, item in enumerate(self._list(document, "connections"))
        ]
        parameters = [
            self._parameter(item, place) for place, item in enumerate(self._list(document, "parameters"))
        ]
        settings = document.get("settings", {})
        if settings is None:
            settings = {}
        if not isinstance(settings, Mapping):
            self._reject("invalid_document", "settings must be an object", None, "settings")
            settings = {}
        return Graph(
            nodes=tuple(node for node in nodes if node is not None),
            connections=tuple(wire for wire in wires if wire is not None),
            parameters=tuple(item for item in parameters if item is not None),
            settings=dict(settings),
            annotations=tuple(self._annotations(document)),
        )

    # --- parts --------------------------------------------------------------------------------------------

    def _node(self, item: Any, place: int) -> NodeSpec | None:
        where = f"nodes.{place}"
        if not isinstance(item, Mapping):
            self._reject("invalid_document", "a node must be an object", None, where)
            return None
        node_id, node_type = item.get("id"), item.get("type")
        if not isinstance(node_id, str) or not _is_id(node_id):
            message = (
                f"a node needs an id: text of 1 to {MAX_ID} characters without '/' and control characters"
            )
            self._reject("invalid_node_id", message, None, f"{where}.id")
            return None
        if not isinstance(node_type, str) or not node_type:
            self._reject("missing_type", "a node needs a type", node_id, "type")
            return None
        self._refuse_unknown(item, NODE_KEYS, node_id, "")
        config = dict(self._mapping(item, "config", node_id))
        retry = config.pop("retry_config", None)
        return NodeSpec(
            id=node_id,
            type=node_type,
            type_version=self._version(item, node_id),
            config=config,
            options=self._options(self._mapping(item, "options", node_id), retry, node_id),
            access=self._access(self._mapping(item, "access", node_id), node_id),
            parent=self._parent(item, node_id),
            position=self._position(item, node_id),
            label=self._text(item, "label", node_id),
            notes=self._text(item, "notes", node_id),
            disabled=self._flag(item, "disabled", node_id),
        )

    def _options(self, options: Mapping[str, Any], retry_config: Any, node_id: str) -> NodeOptions:
        self._refuse_unknown(options, OPTION_KEYS, node_id, "options.")
        retry = options.get("retry")
        if retry_config is not None:
            if retry is not None:
                self._add(
                    "invalid_retry", "retry_config and options.retry are both given", node_id, "options.retry"
                )
            retry = retry_config
        if retry is not None and not isinstance(retry, Mapping):
            self._add("invalid_retry", "must be an object", node_id, "options.retry")
            retry = None
        return NodeOptions(
            retry=None if retry is None else dict(retry),
            timeout=self._timeout(options, node_id),
            on_error=self._choice(options, "on_error", get_args(OnError), "fail", node_id),
            join=self._choice(options, "join", get_args(Join), "any", node_id),
            pin=self._pin(options, node_id),
        )

    def _pin(self, options: Mapping[str, Any], node_id: str) -> Mapping[str, Any] | None:
        pin = options.get("pin")
        if pin is None:
            return None
        complaint = _pin_complaint(pin)
        if complaint is not None:
            self._add("invalid_pin", f"the pinned outputs {complaint}", node_id, "options.pin")
            return None
        return dict(pin)

    def _parent(self, item: Mapping[str, Any], node_id: str) -> str | None:
        parent = item.get("parent")
        if parent is None or (isinstance(parent, str) and _is_id(parent)):
            return parent
        self._add("invalid_option", "parent must be the id of a loop or a map, or null", node_id, "parent")
        return None

    def _timeout(self, options: Mapping[str, Any], node_id: str) -> float | None:
        timeout = options.get("timeout")
        if timeout is None:
            return None
        if not _is_number(timeout) or not 0 < timeout <= 31_536_000:
            self._add(
                "invalid_option",
                "must be a positive number of seconds, or null for none",
                node_id,
                "options.timeout",
            )
            return None
        return float(timeout)

    def _access(self, access: Mapping[str, Any], node_id: str) -> NodeAccess:
        self._refuse_unknown(access, ACCESS_KEYS, node_id, "access.")
        default = NodeAccess()
        for key, found in access_complaints(access):
            self._add("invalid_access", found, node_id, f"access.{key}")
        resource, classification = access.get("resource", ""), access.get("classification")
        tags = access.get("tags")
        return NodeAccess(
            resource if isinstance(resource, str) else "",
            classification if isinstance(classification, str) else default.classification,
            tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list | tuple) else (),
        )

    def _connection(self, item: Any, place: int) -> Connection | None:
        where = f"connections.{place}"
        if not isinstance(item, Mapping):
            self._reject("invalid_document", "a connection must be an object", None, where)
            return None
        self._refuse_unknown(item, CONNECTION_KEYS, None, f"{where}.")
        ends = {key: item.get(key) for key in ("source", "output", "target", "input")}
        kind = item.get("kind", "data")
        if kind == "error":
            ends["output"] = ends["output"] or "error"
        for key, value in ends.items():
            if not isinstance(value, str) or not value:
                message = f"a connection needs its {key}"
                self._reject("invalid_connection", message, None, f"{where}.{key}")
                return None
        if kind not in get_args(Kind):
            self._add("invalid_connection", "kind must be data or error", ends["target"], f"{where}.kind")
            kind = "data"
        return Connection(**{key: str(value) for key, value in ends.items()}, kind=kind)

    def _parameter(self, item: Any, place: int) -> WorkflowParameter | None:
        where = f"parameters.{place}"
        if not isinstance(item, Mapping) or not isinstance(item.get("name"), str) or not item["name"]:
            self._reject("invalid_parameter", "a parameter must be an object with a name", None, where)
            return None
        self._refuse_unknown(item, PARAMETER_KEYS, None, f"{where}.")
        schema = item.get("schema") or {}
        if not isinstance(schema, Mapping):
            self._add("invalid_parameter", "schema must be an object", None, f"parameters.{item['name']}")
            schema = {}
        return WorkflowParameter(item["name"], dict(schema), item.get("default"), "default" in item)

    def _annotations(self, document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for place, item in enumerate(self._list(document, "annotations")):
            if isinstance(item, Mapping):
                found.append(dict(item))
            else:
                self._reject(
                    "invalid_document", "an annotation must be an object", None, f"annotations.{place}"
                )
        return found

    # --- fields -------------------------------------------------------------------------------------------

    def _version(self, item: Mapping[str, Any], node_id: str) -> int:
        version = item.get("type_version", 1)
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            self._add("invalid_option", "type_version must be a whole number from 1", node_id, "type_version")
            return 1
        return version

    def _position(self, item: Mapping[str, Any], node_id: str) -> tuple[float, float]:
        position = item.get("position", (0.0, 0.0))
        if (
            isinstance(position, list | tuple)
            and len(position) == 2
            and all(_is_number(value) for value in position)
        ):
            return float(position[0]), float(position[1])
        self._add("invalid_option", "position must be two numbers", node_id, "position")
        return 0.0, 0.0

    def _text(self, item: Mapping[str, Any], key: str, node_id: str) -> str:
        value = item.get(key, "")
        if isinstance(value, str):
            return value
        self._add("invalid_option", f"{key} must be text", node_id, key)
        return ""

    def _flag(self, item: Mapping[str, Any], key: str, node_id: str) -> bool:
        value = item.get(key, False)
        if not isinstance(value, bool):
            self._add("invalid_option", f"{key} must be true or false", node_id, key)
        return value is True

    def _choice(
        self, options: Mapping[str, Any], key: str, choices: tuple[str, ...], default: str, node_id: str
    ) -> Any:
        value = options.get(key, default)
        if value in choices:
            return value
        self._add("invalid_option", f"{key} must be one of {', '.join(choices)}", node_id, f"options.{key}")
        return default

    def _mapping(self, item: Mapping[str, Any], key: str, node_id: str) -> Mapping[str, Any]:
        value = item.get(key)
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self._reject("invalid_document", f"{key} must be an object", node_id, key)
        return {}

    def _list(self, document: Mapping[str, Any], key: str) -> list[Any]:
        value = document.get(key)
        if value is None:
            return []
        if isinstance(value, list | tuple):
            if len(value) > MAX_ITEMS[key]:
                message = f"a graph has at most {MAX_ITEMS[key]:,} {key}, not {len(value):,}"
                self._reject("too_large", message, None, key)
                return []
            return list(value)
        self._reject("invalid_document", f"{key} must be a list", None, key)
        return []

    def _refuse_unknown(
        self, item: Mapping[str, Any], known: tuple[str, ...], node_id: str | None, prefix: str
    ) -> None:
        unknown = [key for key in item if key not in known]
        for key in unknown[:MAX_UNKNOWN_KEYS]:
            hint = near_match(str(key), known)
            self._add("unknown_key", f"unknown key {key!r:.200}", node_id, f"{prefix}{key:.200}", hint)
        if len(unknown) > MAX_UNKNOWN_KEYS:
            self._add("unknown_key", f"{len(unknown)} keys are unknown", node_id, prefix.rstrip(".") or None)

    def _add(
        self, code: str, message: str, node: str | None, field: str | None, hint: str | None = None
    ) -> None:
        self.problems.append(Problem(code, message, node, field, hint=hint))

    def _reject(self, code: str, message: str, node: str | None, field: str) -> None:
        """A problem of shape: the document cannot be stored as a graph."""
        self.is_unusable = True
        self._add(code, message, node, field)


def _is_id(value: str) -> bool:
    return 0 < len(value) <= MAX_ID and "/" not in value and value.isprintable()


def _pin_complaint(pin: Any) -> str | None:
    """What is wrong with outputs by port, as the end of a sentence."""
    if not isinstance(pin, Mapping):
        return "must be an object: port -> value"
    found = measure(pin, max_size=MAX_PIN_CHARACTERS, max_depth=MAX_DEPTH)
    if found is Measure.TOO_LARGE:
        return f"are larger than {MAX_PIN_CHARACTERS:,} characters; use a smaller sample"
    if found is not Measure.FITS:
        return "must be JSON with text as keys"
    try:
        check_json(pin, "pin")
    except OutputError as error:
        return f"must be JSON: {error.message}"
    return None


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer past every float
        return False
