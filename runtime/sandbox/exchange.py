"""One exchange with a child over its socket: the request goes out, the answer is fed until it is complete."""

from __future__ import annotations

import asyncio
import select
import time
from concurrent.futures import Future
from typing import Any, Final

from runtime.engine.errors import NodeTimeout
from runtime.sandbox.conversation import Conversation
from runtime.sandbox.process import ChildProcess

DEATH_WAIT_S: Final = 2.0
_RECEIVE_BYTES: Final = 1 << 16


async def exchange(child: ChildProcess, data: bytes, conversation: Conversation, timeout_s: float) -> None:
    """Sends the request and feeds the answer until it is complete or the child's end closes.

    Raises `NodeTimeout`.
    """
    loop = asyncio.get_running_loop()
    finished: asyncio.Future[None] = loop.create_future()
    channel = child.socket
    view = memoryview(data)
    started = loop.time()

    def readable() -> None:
        try:
            received = child.receive(_RECEIVE_BYTES)
            conversation.feed(received)
        except BlockingIOError:
            return
        except ConnectionError:
            received = b""
        except Exception as error:
            _settle(finished, error)
            return
        if conversation.is_done or not received:
            _settle(finished, None)

    def writable() -> None:
        nonlocal view
        view = _send_some(channel, view)
        if not view:
            loop.remove_writer(channel.fileno())

    def expired() -> None:
        _settle(finished, _timed_out(timeout_s))

    timer = loop.call_later(timeout_s, expired)
    view = _send_some(channel, view)
    loop.add_reader(channel.fileno(), readable)
    if view:
        loop.add_writer(channel.fileno(), writable)
    try:
        await finished
    finally:
        timer.cancel()
        loop.remove_reader(channel.fileno())
        if view:
            loop.remove_writer(channel.fileno())
        child.cpu_left_s -= loop.time() - started


def exchange_blocking(child: ChildProcess, data: bytes, conversation: Conversation, timeout_s: float) -> None:
    """As `exchange`, on a plain thread."""
    channel = child.socket
    view = memoryview(data)
    started = time.monotonic()
    poll = select.poll()
    try:
        while not conversation.is_done:
            view = _send_some(channel, view)
            left_s = started + timeout_s - time.monotonic()
            poll.register(channel, select.POLLIN | (select.POLLOUT if view else 0))
            if left_s <= 0 or not poll.poll(left_s * 1000):
                raise _timed_out(timeout_s)
            try:
                received = child.receive(_RECEIVE_BYTES)
            except BlockingIOError:
                continue
            except ConnectionError:
                return
            if not received:
                return
            conversation.feed(received)
    finally:
        child.cpu_left_s -= time.monotonic() - started


def _send_some(channel: Any, view: memoryview) -> memoryview:
    """What is left to send. A closed channel takes everything: its end is seen when reading."""
    try:
        while view:
            view = view[channel.send(view) :]
    except BlockingIOError:
        return view
    except OSError:
        return view[:0]
    return view


def _settle(future: asyncio.Future[None], error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)


def _timed_out(timeout_s: float) -> NodeTimeout:
    return NodeTimeout(f"The code ran longer than {timeout_s:g} s and was stopped.")


def wait_until_ended(ended: Future[int | None]) -> None:
    """Gives a child that closed its socket the time to be buried."""
    try:
        ended.result(timeout=DEATH_WAIT_S)
    except TimeoutError:
        return
