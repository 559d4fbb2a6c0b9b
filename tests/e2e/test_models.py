"""A model's answer is read on the run page while it is written."""

from __future__ import annotations

import threading

from playwright.sync_api import Page, expect

from tests.e2e.api import Api, node
from tests.e2e.complaints import Complaints
from tests.model_peer import Say, serving

PARTS = ["Orders fell ", "in the north. ", "The south ", "grew ", "by a third. ", "That is all. "]


def test_read_an_answer_while_it_comes(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    gate = threading.Event()
    with serving() as provider:
        provider.script["llama3"] = [Say("", pieces=PARTS, gate=gate)]
        config = {"model": "llama3", "base_url": provider.url, "prompt": "What happened?"}
        workflow = api.new_workflow("Ask a model", [node("ask", "LLMAgentNode", config)])
        run = api.run(workflow)

        page.goto(f"/runs/{run['id']}")
        log = page.get_by_role("region", name="Log of the run")

        expect(log).to_contain_text("Orders")
        expect(page.get_by_role("button", name="Cancel run")).to_be_visible()
        gate.set()
        expect(log).to_contain_text("".join(PARTS).strip())
        expect(page.get_by_text("Succeeded").first).to_be_visible()
