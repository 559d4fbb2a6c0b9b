"""Which groups anybody listens to."""

from __future__ import annotations

from uuid import uuid4

import pytest
from channels.layers import channel_layers

from runtime.live.doorbell import Doorbells, KnowsListeners, group_of
from runtime.live.layer import RedisLayer


@pytest.fixture
def layer() -> RedisLayer:
    """As configured, but of this test's loop alone: the web server of other tests receives on its own."""
    made = channel_layers.make_backend("default")
    assert isinstance(made, RedisLayer)
    return made


@pytest.mark.asyncio
async def test_only_groups_with_members_are_listened_to(layer: RedisLayer) -> None:
    assert isinstance(layer, KnowsListeners)
    there, gone, never = (f"run.{uuid4()}" for _ in range(3))
    channel = await layer.new_channel()
    await layer.group_add(there, channel)
    await layer.group_add(gone, channel)
    await layer.group_discard(gone, channel)

    assert await layer.listened([there, gone, never]) == {there}
    assert await layer.listened([]) == set()


@pytest.mark.asyncio
async def test_a_bell_rings_for_its_readers_alone(layer: RedisLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    read, unread = uuid4(), uuid4()
    channel = await layer.new_channel()
    await layer.group_add(group_of(read), channel)
    sent: list[str] = []
    send = layer.group_send

    async def note(group: str, message: dict[str, object]) -> None:
        sent.append(group)
        await send(group, message)

    monkeypatch.setattr(layer, "group_send", note)
    bells = Doorbells(layer)

    bells.ring(unread, seq=2)
    bells.ring(read, seq=3)
    await bells.close()

    assert sent == [group_of(read)]
    assert (await layer.receive(channel))["seq"] == 3
