"""The web process: HTTP by Django, websockets by Channels."""

from __future__ import annotations

import os
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designer.settings")
_django = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter

from designer.api.limits import App, BodyLimit
from designer.sockets import middleware, routes

application = ProtocolTypeRouter(
    {"http": BodyLimit(cast("App", _django)), "websocket": middleware(URLRouter(routes()))}
)
