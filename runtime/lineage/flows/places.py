"""Steps that read or write outside of the run: datasets, addresses, models, messages, batches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from runtime.lineage.flows.code import UNREADABLE, read_result
from runtime.lineage.flows.records import paths_in
from runtime.lineage.flows.unknown import unknown
from runtime.lineage.terms import (
    WHOLE,
    Columns,
    Edge,
    Flow,
    Place,
    Ref,
    Step,
    Touch,
    all_of,
    below,
    looked_up,
)

DATASETS = "lockgate:datasets"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TEMPLATE = re.compile(r"\$\{(\w+)\}")
_PROMPTED = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)")
# A part of a path that looks drawn by lot may be a key: it is not told.
_LOT = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9_\-]{16,}")


def dataset_place(name: str) -> Place:
    """A dataset of the workspace."""
    return Place("dataset", DATASETS, name[:300], "Dataset", name)


def dataset_read(step: Step) -> Flow:
    """Each column is the dataset's."""
    name = named(step, step.config.get("dataset"))
    if name is None:
        return Flow()
    place = dataset_place(name)
    paths = [path for path in step.outputs.get("result", ()) if path]
    edges = [Edge(Ref(place, path), step.column("result", path), "exact", "read") for path in paths]
    return Flow(tuple(edges), (Touch(place, "read", tuple(paths)),))


def dataset_written(step: Step) -> Flow:
    """Each column of the dataset is that of the records."""
    name = named(step, step.config.get("dataset"))
    if name is None:
        return Flow()
    return _written_to(dataset_place(name), step.inputs.get("records", {}), "written")


def _written_to(place: Place, given: Columns, how: str) -> Flow:
    columns = [path for path in given if path and path != WHOLE]
    edges = [Edge(source, Ref(place, path), "exact", how) for path in columns for source in given[path]]
    for source in given.get("", ()):
        edges.append(Edge(source, Ref(place, WHOLE), "unknown", "columns that are not known"))
    return Flow(tuple(edges), (Touch(place, "write", tuple(columns)),))


# --- addresses ----------------------------------------------------------------------------------------------


def called(step: Step) -> Flow:
    """What a web service gave, and what it was sent."""
    place = http_place(named(step, step.config.get("url")))
    if place is None:
        return Flow()
    edges: list[Edge] = []
    columns: dict[str, None] = {}
    for path in step.outputs.get("result", ()):
        if path == "body" or path.startswith("body."):
            name = path[5:] or WHOLE
            columns[name] = None
            edges.append(Edge(Ref(place, name), step.column("result", path), "exact", "from the response"))
    edges += _mapped(step, place)
    touches = [Touch(place, "read", tuple(name for name in columns if name != WHOLE))]
    if str(step.config.get("method", "GET")) not in _SAFE:
        sent = _sent(step, place, "body")
        edges += sent.edges
        touches += sent.touches
    saved = step.config.get("save_to")
    dataset = named(step, saved.get("dataset")) if isinstance(saved, Mapping) else None
    if dataset is not None:
        target = dataset_place(dataset)
        edges.append(Edge(Ref(place, WHOLE), Ref(target, WHOLE), "exact", "saved as it came"))
        touches.append(Touch(target, "write"))
    return Flow(tuple(edges), tuple(touches))


def _mapped(step: Step, place: Place) -> Iterator[Edge]:
    mapping = step.config.get("response_mapping")
    for name, expression in (mapping if isinstance(mapping, Mapping) else {}).items():
        for path in paths_in(str(expression)):
            if path == "body" or path.startswith("body."):
                for target in _under(step, f"data.{name}"):
                    yield Edge(Ref(place, path[5:] or WHOLE), target, "exact", "response mapping")


def _under(step: Step, path: str) -> list[Ref]:
    found = step.outputs.get("result", ())
    return [step.column("result", one) for one in found if one == path or one.startswith(f"{path}.")]


def _sent(step: Step, place: Place, port: str) -> Flow:
    flow = _written_to(place, step.inputs.get(port, {}), "sent")
    return flow if flow.edges else Flow((), (Touch(place, "write"),))


def http_place(url: str | None, *, host_only: bool = False) -> Place | None:
    """The service behind an address, without its query and without what may be a key in it."""
    try:
        parts = urlsplit(url or "")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.scheme not in ("http", "https"):
        return None
    address = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    path = "" if host_only else _LOT.sub("…", parts.path).rstrip("/")
    return Place("http", address[:300], (path or "/")[:300], "HTTP", f"{host}{path}"[:300])


def webhook_called(step: Step) -> Flow:
    """The way of an address may be its secret: only the host is told."""
    place = http_place(named(step, step.config.get("url")), host_only=True)
    return Flow() if place is None else _sent(step, place, "body")


def mailed(step: Step) -> Flow:
    """E-mails all go to one place: to whom is data."""
    place = Place("http", "mailto", "e-mail", "E-mail", "E-mail")
    edges = [
        Edge(source, Ref(place, part), "exact", "written in the message")
        for part in ("subject", "text", "html")
        for source in all_of(step.inputs.get(part, {}))
    ]
    return Flow(tuple(dict.fromkeys(edges)), (Touch(place, "write", ("subject", "text", "html")),))


def asked(step: Step) -> Flow:
    """What a model answers comes from what its prompt holds: how, nobody knows."""
    prompts = f"{step.config.get('prompt', '')} {step.config.get('system', '')}"
    names = list(dict.fromkeys(_PROMPTED.findall(prompts)))
    sources = list(dict.fromkeys(ref for name in names for ref in all_of(step.inputs.get(name, {}))))
    targets = [
        step.column("result", path)
        for path in step.outputs.get("result", ())
        if path == "text" or path == "data" or path.startswith("data.")
    ]
    edges = [Edge(one, target, "inferred", "asked of a model") for target in targets for one in sources]
    return Flow(tuple(edges))


# --- batches ------------------------------------------------------------------------------------------------


def batched(step: Step) -> Flow:
    """The records of a source, worked on batch by batch."""
    place, given = _source(step)
    processing = step.config.get("processing")
    given_processing: Mapping[str, Any] = processing if isinstance(processing, Mapping) else {}
    results = [
        path for path in step.outputs.get("result", ()) if path == "results" or path.startswith("results.")
    ]
    edges: list[Edge] = []
    kind = given_processing.get("kind", "none")
    for path in results:
        edges += _record_edges(step, kind, given_processing, given, path, step.column("result", path))
    touches = (
        []
        if place is None
        else [Touch(place, "read", tuple(name for name in given if name and name != WHOLE))]
    )
    output = named(step, step.config.get("output_dataset"))
    if output is not None:
        target = dataset_place(output)
        touches.append(Touch(target, "write"))
        if kind == "none":
            edges += _written_to(target, given, "passed on").edges
        else:
            edges += [Edge(one, Ref(target, WHOLE), "unknown", UNREADABLE) for one in all_of(given)]
    return Flow(tuple(dict.fromkeys(edges)), tuple(touches))


def _record_edges(
    step: Step, kind: Any, processing: Mapping[str, Any], given: Columns, path: str, target: Ref
) -> Iterable[Edge]:
    inner = path.removeprefix("results").removeprefix(".")
    if kind == "none":
        return [Edge(one, target, "exact", "passed on") for one in looked_up(given, inner)]
    if kind == "expression":
        names = paths_in(str(processing.get("expression", "")))
        return [
            Edge(one, target, "exact", "by an expression") for name in names for one in looked_up(given, name)
        ]
    if kind == "code":
        read = read_result(str(processing.get("code", "")))
        made = None if read is None else read[0].found_at(inner)
        if made is not None:
            found = [looked_up(given, at) for name, at in sorted(made.all) if name == "records"]
            return [Edge(one, target, "inferred", "read in the code") for refs in found for one in refs]
    return list(unknown(_with_input(step, given), [target], UNREADABLE))


def _with_input(step: Step, given: Columns) -> Step:
    return Step(step.place, step.type, step.config, {**step.inputs, "records": given}, step.outputs)


def _source(step: Step) -> tuple[Place | None, Columns]:
    """Where a batch reads, and what it finds there."""
    source = step.config.get("source")
    given: Mapping[str, Any] = source if isinstance(source, Mapping) else {}
    name = named(step, step.config.get("data_source") or given.get("dataset"))
    if name is not None:
        place = dataset_place(name)
        known = [
            path.removeprefix("results.") for path in step.outputs.get("result", ()) if path[:8] == "results."
        ]
        return place, {"": (Ref(place, WHOLE),), **{path: (Ref(place, path),) for path in known}}
    if given.get("kind") == "http":
        place_ = http_place(named(step, given.get("url")))
        return place_, {} if place_ is None else {"": (Ref(place_, WHOLE),)}
    if given.get("kind") == "sql":
        from runtime.lineage.flows.sql import columns_of_query

        return None, columns_of_query(str(given.get("statement", "")), given)
    return None, below(step.inputs.get("items", {}), "")


def named(step: Step, text: Any) -> str | None:
    """A name from the configuration with its templates filled in; None where the run alone knew it."""
    if not isinstance(text, str) or not text:
        return None
    unfilled: list[str] = []

    def filled(match: re.Match[str]) -> str:
        value = step.values.get(match.group(1))
        if not isinstance(value, str | int) or isinstance(value, bool):
            unfilled.append(match.group(1))
            return ""
        return str(value)

    found = _TEMPLATE.sub(filled, text)
    return None if unfilled else found
