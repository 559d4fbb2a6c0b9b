"""Are the keys still good, and are those replaced that end soon?"""

from __future__ import annotations

from pydantic import Field

from runtime.templates.steps import Steps, literal
from runtime.templates.template import A_DATASET, Template, TemplateConfig


class CredentialHealth(TemplateConfig):
    """`credentials` by name; those that end within `expiration_threshold` seconds are rotated."""

    credentials: tuple[str, ...] = Field(("api-key", "database-password"), min_length=1, max_length=20)
    expiration_threshold: int = Field(7 * 86_400, ge=1)
    refresh_sources: tuple[str, ...] = Field(("vault",), min_length=1)
    history: str = Field("credential-health", min_length=1, json_schema_extra=A_DATASET)


def _place(steps: Steps, config: CredentialHealth) -> None:
    checked = [
        steps.add(
            "RotatingCredentialNode",
            f"check_{number}",
            {
                "operation": "start_rotation",
                "credential_name": name,
                "expiration_threshold": config.expiration_threshold,
                "refresh_sources": list(config.refresh_sources),
            },
            label=name,
        )
        for number, name in enumerate(config.credentials, start=1)
    ]
    code = f"""\
names = {literal(config.credentials)}

at = datetime.now().isoformat()
rows = [
    {{
        "at": at,
        "credential": name,
        "status": found["rotation_status"],
        "healthy": found["rotation_status"] in ("success", "not_due"),
        "reason": found.get("reason") or "",
    }}
    for name, found in zip(names, [{", ".join(f"check_{n}" for n in range(1, len(checked) + 1))}])
]
for row in rows:
    print(f"{{row['credential']}}: {{row['status']}} {{row['reason']}}".strip())
result = {{"rows": rows, "unhealthy": [row["credential"] for row in rows if not row["healthy"]]}}
"""
    after = {f"check_{number}": end for number, end in enumerate(checked, start=1)}
    told = steps.code("judge", code, label="Judge", after=after)
    steps.write(
        "history", config.history, told.at("rows"), label="Keep the history", format="jsonl", mode="append"
    )
    case = {"name": "some", "when": "len(unhealthy) > 0"}
    ill = steps.add("SwitchNode", "ill", {"cases": [case]}, label="Any in trouble?", after={"input": told})
    code = """\
result = f"Look after: {', '.join(judged['unhealthy'])}"
print(result)
"""
    steps.code("alarm", code, label="Raise the alarm", after={"judged": ill._replace(output="some")})


CREDENTIAL_HEALTH = Template(
    key="credential_health_check",
    title="Credential health check",
    summary="Looks at each credential, replaces those that end soon, and keeps what it found.",
    description=(
        "Each credential is checked: far from its end nothing happens, close to it a new version is "
        "fetched, and what is missing or cannot be refreshed is named with the reason. Nothing of this "
        "fails the run; what was found is kept, and a branch tells of credentials in trouble."
    ),
    category="governance",
    config=CredentialHealth,
    place=_place,
    next_steps=(
        "Name your own credentials, one step for each, and where new ones come from.",
        "Replace “Raise the alarm” by a mail or a call to who looks after them.",
        "Publish it and add a schedule, such as every hour.",
    ),
)
