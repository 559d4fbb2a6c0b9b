"""The web process: HTTP by Django, websockets by Channels."""

from __future__ import annotations

import os
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designer.settings")
_django = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter

from designer.api.limits import App, BodyLimit
from designer.api.problems import problem_body
from designer.services import draft_version
from designer.sockets import middleware, routes
from runtime.api.hooks import HookGate

http = HookGate(BodyLimit(cast("App", _django)), draft_version=draft_version, problem_body=problem_body)
application = ProtocolTypeRouter({"http": http, "websocket": middleware(URLRouter(routes()))})
