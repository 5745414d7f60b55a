"""What the web server runs: HTTP; the live sockets come with a later version."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spellhub.settings")
_http = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 - needs the applications to be loaded


async def _refuse_socket(_scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.close"})


application = ProtocolTypeRouter({"http": _http, "websocket": _refuse_socket})
