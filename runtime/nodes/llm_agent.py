"""LLMAgentNode: a question to a language model, and its answer or its failure as a value."""

from __future__ import annotations

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal
from urllib.parse import quote

from pydantic import Field, field_validator

from runtime.engine.errors import InputError, NodeError
from runtime.engine.node import CheckContext, Effect, Node, NodeContext, Port, PortType
from runtime.engine.problems import Problem
from runtime.engine.templates import template_names
from runtime.llm.budget import Limits, call_of
from runtime.llm.caller import ModelCaller, json_of
from runtime.llm.desk import FixedModels, ModelDesk
from runtime.llm.messages import Ask, ModelError, Reply, Usage
from runtime.llm.models import Route
from runtime.llm.pieces import Pieces
from runtime.llm.prompts import MissingName, fill, prompt_names
from runtime.llm.results import failed_result, failure_of, refuse_filtered, result_of
from runtime.llm.tries import ask_in_turn
from runtime.nodes.forms import FormParameters, look

# The step was told wrong, so that no other answer helps: these fail it.
_NO_VALUES: Final = frozenset({"invalid_input", "invalid_parameter", "access_denied"})


class LLMAgentNode(Node):
    """Asks a model. `result` is `{text, data, model, provider, finish_reason, usage, cost, error, attempts}`.

    `error` is null where there is an answer; a failure is a value too, once no retry follows. `usage` and
    `cost` are null where they are not known.
    """

    type = "LLMAgentNode"
    label = "Ask a model"
    category = "ai"
    icon = "sparkles"
    description = "Asks a language model; its answer, or why there is none, is the result."
    effect = Effect.EFFECTFUL
    outputs = (Port("result", PortType.OBJECT),)
    accepts_any_input = True
    prompts = ("prompt", "system")
    verbatim = frozenset({"prompt", "system", "base_url"})

    class Parameters(FormParameters):
        model: str = Field(
            title="Model",
            description="A name such as gpt-4 or claude-3-sonnet, or one of the list of models.",
            min_length=1,
            max_length=200,
        )
        prompt: str = Field(
            title="Prompt",
            description="{name} stands for the input of that name; {{name}} for the text {name}.",
            min_length=1,
            max_length=200_000,
            json_schema_extra=look(widget="textarea"),
        )
        system: str = Field(
            "",
            title="Instructions",
            description="What the model is told before the prompt. {name} works here too.",
            max_length=200_000,
            json_schema_extra=look(widget="textarea"),
        )
        fallback_models: tuple[str, ...] = Field(
            (),
            title="Fallback models",
            description="Asked in this order when a model before them gives no answer.",
            max_length=10,
        )
        response_format: Literal["text", "json"] = Field(
            "text",
            title="Answer",
            description="With json the answer has to be JSON, and is in data.",
        )
        stream: bool = Field(
            True, title="Show while it comes", description="The text appears in the log as it is written."
        )
        temperature: float | None = Field(
            None, title="Temperature", description="Empty: as the provider has it.", ge=0, le=2
        )
        max_tokens: int | None = Field(
            None,
            title="Longest answer (tokens)",
            description="Empty: as the provider has it.",
            ge=1,
            le=1_000_000,
        )
        variables: dict[str, Any] = Field(
            default_factory=dict,
            title="More names for the prompt",
            description="Values for names that no input has. ${name} works here: parameters of the workflow.",
            json_schema_extra=look(widget="json", advanced=True),
        )
        provider: Literal["auto", "openai", "anthropic"] = Field(
            "auto",
            title="Provider",
            description="auto goes by the model; with an address of your own: how the server is spoken to.",
            json_schema_extra=look(advanced=True),
        )
        base_url: str | None = Field(
            None,
            title="Address",
            description="Of a server of your own, such as http://localhost:11434/v1.",
            min_length=1,
            max_length=1000,
            pattern=r"^https?://[^\s?#@{}]+$",
            json_schema_extra=look(advanced=True),
        )
        credential: str | None = Field(
            None,
            title="Credential",
            description="Its key is sent. Empty: the one called openai or anthropic, to that provider only.",
            min_length=1,
            max_length=200,
            json_schema_extra=look(widget="credential", advanced=True),
        )
        max_run_tokens: int | None = Field(
            None,
            title="Most tokens of the run",
            description="Once the models of the run have used so many, this step asks no more.",
            ge=1,
            le=1_000_000_000,
            json_schema_extra=look(advanced=True),
        )
        max_run_cost: float | None = Field(
            None,
            title="Most cost of the run",
            description="Once the models of the run have cost so much, this step asks no more.",
            gt=0,
            le=1_000_000,
            json_schema_extra=look(advanced=True),
        )
        timeout_s: float = Field(
            120.0,
            title="Time limit (seconds)",
            description="For the whole answer of one model.",
            gt=0,
            le=3600,
            json_schema_extra=look(widget="duration", advanced=True),
        )

        @field_validator("fallback_models")
        @classmethod
        def _names_models(cls, names: tuple[str, ...]) -> tuple[str, ...]:
            if any(not name.strip() or len(name) > 200 for name in names):
                raise ValueError("each is the name of a model; remove empty ones")
            if len(set(names)) != len(names):
                raise ValueError("a model stands here twice; it would be asked twice for the same")
            return names

        @property
        def limits(self) -> Limits:
            """What the run may have used when this step asks."""
            cost = self.max_run_cost
            return Limits(self.max_run_tokens, None if cost is None else Decimal(str(cost)))

        @property
        def models(self) -> list[str]:
            """All that may be asked, in order."""
            return [self.model, *(name for name in self.fallback_models if name != self.model)]

    parameters: Parameters

    @classmethod
    def input_ports(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        """A required input for each name that the prompts read and `variables` do not give."""
        variables = config.get("variables")
        given = variables if isinstance(variables, Mapping) else {}
        names = prompt_names(str(config.get("prompt", "")), str(config.get("system", "")))
        return tuple(Port(name, required=True) for name in names if name not in given)

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        problems = []
        for key in ("prompt", "system"):
            for name in sorted(template_names(config.get(key, ""))):
                message = f"${{{name}}} is a dollar and the input {name!r} here: in a prompt write {{{name}}}"
                hint = f'A parameter of the workflow comes by variables: {{"{name}": "${{{name}}}"}}.'
                problems.append(
                    Problem(
                        "template_in_prompt", message, field=f"config.{key}", severity="warning", hint=hint
                    )
                )
        if config.get("credential") and str(config.get("base_url") or "").startswith("http://"):
            message = "the credential travels unencrypted over http://"
            problems.append(
                Problem("unencrypted_credential", message, field="config.base_url", severity="warning")
            )
        return problems + _hidden_names(cls, config, context)

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        given = {**self.parameters.variables, **context.inputs}
        own = self.parameters
        prompt, system = _filled(own.prompt, given), _filled(own.system, given)
        desk: ModelDesk = getattr(context.services, "models", None) or FixedModels()
        caller = ModelCaller(context.services.http, getattr(context.services, "secrets", None))
        book = desk.book()

        def route_of(name: str) -> Route:
            if name != own.model and book.knows(name):
                return book.route(name)
            return book.route(name, provider=own.provider, base_url=own.base_url, credential=own.credential)

        async def ask(route: Route) -> tuple[Reply, Any]:
            await desk.check(own.limits)
            question = self._ask(route, prompt, system)
            try:
                reply = await self._reply(context, caller, route, question, given)
            except ModelError as error:
                if error.usage is not None:
                    await desk.note(call_of(context.node_id, route, error.usage))
                raise
            await desk.note(call_of(context.node_id, route, reply.usage))
            return reply, json_of(reply) if own.response_format == "json" else None

        def told(name: str, error: ModelError, following: str | None) -> None:
            onward = "" if following is None else f"; {following} is asked instead"
            context.log("warning", f"{name} gave no answer ({error.code}): {error.message}{onward}")

        answer = await ask_in_turn(own.models, ask, route_of, told)
        if answer.reply is None:
            raise failure_of(answer)
        return {"result": result_of(answer)}

    def value_of_failure(self, error: NodeError) -> Mapping[str, Any] | None:
        """The result that tells of a failure which no retry mends."""
        return None if error.code in _NO_VALUES else {"result": failed_result(error)}

    async def _reply(
        self, context: NodeContext, caller: ModelCaller, route: Route, ask: Ask, given: Mapping[str, Any]
    ) -> Reply:
        """One model's answer; asked once more when its key was refused and a later one is in force."""
        key = await caller.key_of(route)
        try:
            return await self._answer(context, caller, route, ask, given, key)
        except ModelError as error:
            newer = await caller.newer_key(route, error)
            if newer is None:
                raise
        context.log("info", f"{route.name} refused the key; it is asked with the one in force now")
        return await self._answer(context, caller, route, ask, given, newer)

    async def _answer(
        self,
        context: NodeContext,
        caller: ModelCaller,
        route: Route,
        ask: Ask,
        given: Mapping[str, Any],
        key: str | None,
    ) -> Reply:
        """One model's answer, shown while it comes."""
        # It also stands between the text of this call and that of one which a dying worker left behind.
        context.log("debug", f"{route.name} is asked ({route.provider})")
        started = time.monotonic()
        limits_s = [self.parameters.timeout_s, *([] if context.timeout_s is None else [context.timeout_s])]
        pieces = Pieces(
            lambda text: context.log("stream", text),
            time.monotonic,
            [*given.values(), *([] if key is None else [key])],
        )
        try:
            reply = await caller.call(
                route,
                ask,
                key=key,
                idempotency_key=quote(f"{context.idempotency_key}/{route.name}"),
                timeout_s=min(limits_s),
                on_text=pieces.add,
            )
        finally:
            pieces.end()
        context.log(
            "info", f"{route.name} answered in {time.monotonic() - started:.1f} s{_told(reply.usage)}"
        )
        refuse_filtered(reply)
        return reply

    def _ask(self, route: Route, prompt: str, system: str) -> Ask:
        own = self.parameters
        return Ask(
            model=route.model,
            prompt=prompt,
            system=system,
            temperature=own.temperature,
            max_tokens=own.max_tokens,
            wants_json=own.response_format == "json",
            stream=own.stream,
        )


def _told(usage: Usage | None) -> str:
    return "" if usage is None else f": {usage.input_tokens} tokens in, {usage.output_tokens} out"


def _filled(prompt: str, values: Mapping[str, Any]) -> str:
    try:
        return fill(prompt, values)
    except MissingName as missing:
        raise InputError(
            f"the prompt reads {{{missing.name}}}, and nothing gives it", input=missing.name
        ) from None


def _hidden_names(
    node_class: type[LLMAgentNode], config: Mapping[str, Any], context: CheckContext
) -> list[Problem]:
    """Inputs that are called like a setting of the step: the setting does not feed them."""
    return [
        Problem(
            "missing_input",
            f"nothing feeds the input {port.name!r}",
            field=f"inputs.{port.name}",
            severity="warning",
            hint="Connect it, or supply it with the run.",
        )
        for port in node_class.input_ports(config)
        if config.get(port.name) is not None and port.name not in context.wired
    ]
