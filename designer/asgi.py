"""The web process: HTTP by Django, websockets by Channels."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designer.settings")
_http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter

from designer.sockets import middleware, routes

application = ProtocolTypeRouter({"http": _http, "websocket": middleware(URLRouter(routes()))})
