"""Everything in one ASGI application: pages, guests' copies of them, and the chat's sockets at /ws/."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
pages: Any = get_asgi_application()  # before anything that imports models

from community.guest_pages import GuestPages  # noqa: E402
from groups.chat.wire.sockets import chat_socket  # noqa: E402

pages = GuestPages(pages)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Route by kind: a socket elsewhere than at /ws/ is refused like a wrong origin."""
    if scope["type"] == "http":
        await pages(scope, receive, send)
    elif scope["type"] == "websocket" and scope["path"] == "/ws/":
        await chat_socket(scope, receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close"})
