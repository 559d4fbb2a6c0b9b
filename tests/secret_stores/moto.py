"""AWS Secrets Manager as the moto server plays it: it checks signatures, keys and what a policy allows.

What it does not cover: throttling, a region that the key may not use, rotation by a Lambda function.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from designer.embedded.child import spawn, stop
from tests.secret_stores.ports import free_port

STARTS_WITHIN_S = 60.0
REGION = "eu-central-1"


@dataclass(frozen=True)
class AwsKey:
    access_key_id: str
    secret_access_key: str


@dataclass(frozen=True)
class Moto:
    """`root` may do anything."""

    address: str
    root: AwsKey

    @property
    def place(self) -> str:
        """For `EGRESS_ALLOW`."""
        return urlsplit(self.address).netloc

    def client(
        self, service: str = "secretsmanager", *, region: str = REGION, key: AwsKey | None = None
    ) -> Any:
        """A boto3 client: another hand than ours, to prepare and to check."""
        return client(self.address, service, key or self.root, region)

    def key_for(self, actions: Sequence[str]) -> AwsKey:
        """A key of a new user who may do these, such as `secretsmanager:GetSecretValue`."""
        return user_key(self.client("iam"), list(actions))


@contextmanager
def moto() -> Iterator[Moto]:
    """Runs while the block does. Call from the main thread."""
    with tempfile.TemporaryDirectory(prefix="lockgate-moto-") as kept:
        port, log = free_port(), Path(kept) / "log"
        address = f"http://127.0.0.1:{port}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with open(log, "wb") as said:
            process = spawn(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                log=said,
                env=environment,
            )
        try:
            _await_answer(address, process, log)
            yield Moto(address, _with_authentication(address))
        finally:
            stop(process)


def client(address: str, service: str, key: AwsKey, region: str = REGION) -> Any:
    import boto3

    return boto3.client(
        service,
        region_name=region,
        endpoint_url=address,
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
    )


def user_key(iam: Any, actions: list[str]) -> AwsKey:
    name = f"user-{time.monotonic_ns()}"
    iam.create_user(UserName=name)
    if actions:
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=name, PolicyName="rules", PolicyDocument=document)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return AwsKey(made["AccessKeyId"], made["SecretAccessKey"])


def _with_authentication(address: str) -> AwsKey:
    """It takes anybody's word until it is told to check; the key is made before."""
    iam = client(address, "iam", AwsKey("nobody", "nothing"))
    root = user_key(iam, ["*"])
    request = urllib.request.Request(
        f"{address}/moto-api/reset-auth", method="POST", data=b"0", headers={"Content-Type": "text/plain"}
    )
    with urllib.request.urlopen(request, timeout=10):
        return root


def _await_answer(address: str, process: Any, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(f"{address}/moto-api/data.json", timeout=5):
                return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(
                    f"moto did not start:\n{log.read_text(errors='replace')[-3000:]}"
                ) from error
            time.sleep(0.05)
