"""The channel layer: channels-redis, which can also say which groups anybody listens to."""

from __future__ import annotations

from collections.abc import Collection

from channels_redis.core import RedisChannelLayer


class RedisLayer(RedisChannelLayer):  # type: ignore[misc]  # it has no types
    """A group without members costs `group_send` two round trips; asking for many of them costs one."""

    async def listened(self, groups: Collection[str]) -> set[str]:
        """Those of the groups that have members, or had some a while ago."""
        by_server: dict[int, list[str]] = {}
        for group in groups:
            by_server.setdefault(self.consistent_hash(group), []).append(group)
        found: set[str] = set()
        for server, names in by_server.items():
            pipe = self.connection(server).pipeline(transaction=False)
            for name in names:
                pipe.exists(self._group_key(name))
            answers = await pipe.execute()
            found.update(name for name, is_there in zip(names, answers, strict=True) if is_there)
        return found
