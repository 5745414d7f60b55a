"""Static files, in either world."""

import asyncio
from typing import Any

import httpx
from django.core.asgi import get_asgi_application
from django.test import Client

FILE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"


def over_asgi(path: str) -> httpx.Response:
    async def get() -> httpx.Response:
        application: Any = get_asgi_application()
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    return asyncio.run(get())


def test_a_static_file_is_the_same_over_asgi_and_wsgi() -> None:
    by_asgi, by_wsgi = over_asgi(FILE), Client().get(FILE)
    assert (by_asgi.status_code, by_wsgi.status_code) == (200, 200)
    assert by_asgi.headers["Content-Type"].startswith("text/css")
    assert by_asgi.content == b"".join(by_wsgi)
    assert int(by_asgi.headers["Content-Length"]) == len(by_asgi.content)


def test_a_static_file_that_is_not_there_is_404() -> None:
    assert over_asgi("/static/none.css").status_code == 404
