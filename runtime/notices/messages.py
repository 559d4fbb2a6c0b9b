"""What a message says: the facts that a webhook gets, and the words of an e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROTATED = "credential_rotated"
REPORTED = "compliance_report"
MAX_SUBJECT = 200
MAX_ERROR = 2_000


def subject_of(facts: Mapping[str, Any]) -> str:
    """One line, which a mail's header can hold."""
    if facts["on"] == ROTATED:
        return _line(f"{_how_it_ended(facts)}: {facts['credential']['name']}")
    if facts["on"] == REPORTED:
        return _line(f"Report: {facts['report']['title']}")
    name, run = facts["workflow"]["name"], facts["run"]["number"]
    match facts["on"]:
        case "failed":
            text = f"Failed: {name}, run {run}"
        case "succeeded":
            text = f"Succeeded: {name}, run {run}"
        case "waiting_approval":
            text = f"Approval needed: {facts['approval']['title']} ({name}, run {run})"
        case _:
            text = f"To decide: a step of {name}, run {run}"
    return _line(text)


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_SUBJECT else line[: MAX_SUBJECT - 1] + "…"


def text_of(facts: Mapping[str, Any]) -> str:
    """The body of an e-mail."""
    if facts["on"] == ROTATED:
        return _text_of_rotation(facts)
    if facts["on"] == REPORTED:
        return _text_of_report(facts)
    lines = [_first_line(facts), ""]
    error, approval = facts.get("error"), facts.get("approval")
    if error:
        place = f" in the step {error['node']}" if error.get("node") else ""
        lines += [f"Error{place} ({error['code']}):", str(error["message"]), ""]
    if approval:
        lines += [approval["title"], *([approval["message"]] if approval["message"] else []), ""]
        if approval["expires_at"]:
            lines += [f"It can be answered until {approval['expires_at']}.", ""]
    lines += [facts["url"], ""]
    return "\n".join(lines)


def _first_line(facts: Mapping[str, Any]) -> str:
    run = f"Run {facts['run']['number']} of the workflow “{facts['workflow']['name']}”"
    match facts["on"]:
        case "failed":
            return f"{run} failed."
        case "succeeded":
            return f"{run} succeeded."
        case "waiting_approval":
            return f"{run} waits for an approval."
        case _:
            step = facts["step"]
            return (
                f"{run} waits: nobody knows whether the step {step['node']} (attempt {step['attempt']}) took"
                " effect, because its worker died. Look there, then decide the step on the run's page."
            )


def _how_it_ended(facts: Mapping[str, Any]) -> str:
    match facts["rotation"]["rotation_status"]:
        case "success":
            return "Credential renewed"
        case "rolled_back":
            return "Credential not renewed, the value before is in force"
        case _:
            return "Credential not renewed"


def _text_of_rotation(facts: Mapping[str, Any]) -> str:
    rotation = facts["rotation"]
    lines = [f"{_how_it_ended(facts)}: {facts['credential']['name']}.", "", str(rotation["reason"]), ""]
    if rotation["expires_at"]:
        lines += [f"Its value expires at {rotation['expires_at']}.", ""]
    return "\n".join([*lines, facts["url"], ""])


def _text_of_report(facts: Mapping[str, Any]) -> str:
    """Where it is: what it says is for those who may see it there."""
    report = facts["report"]
    return "\n".join(
        [
            f"The report “{report['title']}” from {report['since'][:10]} to {report['until'][:10]} is ready.",
            "",
            facts["url"],
            "",
        ]
    )


def shown_error(error: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What a message tells of a run's error."""
    if error is None:
        return None
    message = str(error.get("message", ""))
    return {
        "code": str(error.get("code", "")),
        "message": message if len(message) <= MAX_ERROR else message[:MAX_ERROR] + "…",
        "node": error.get("node"),
    }
