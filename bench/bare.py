"""The baseline: an ASGI application that passes each frame on to everybody, and nothing else."""

import asyncio

everybody = set()


async def application(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    everybody.add(send)
    try:
        while (event := await receive())["type"] == "websocket.receive":
            if '"send"' in event["text"]:
                await asyncio.gather(*(one({"type": "websocket.send", "text": event["text"].replace('": "', '":"')}) for one in everybody))
    finally:
        everybody.discard(send)
