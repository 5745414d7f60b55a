"""Static files, served by WhiteNoise without a thread for every request that passes it by.

WhiteNoise's own middleware is synchronous: under ASGI it holds a thread for as long as the view
below it takes, so a request that waits would hold one, too.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise in either world: it answers for static files, and lets all else through."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer with a static file, or with what the application says."""
        if not self._is_async:
            return super().__call__(request)  # type: ignore[no-any-return]
        return self._answer(request)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        static_file = self.files.get(request.path_info)
        if static_file is None:
            response: HttpResponseBase = await self.get_response(request)
            return response
        return await sync_to_async(_whole)(self.serve(static_file, request))


def _whole(file: HttpResponseBase) -> HttpResponse:
    """Return a streamed answer as one that is ready; ASGI cannot wait for a synchronous stream."""
    content = b"".join(file)
    file.close()
    response = HttpResponse(content, status=file.status_code)
    response.headers = file.headers
    return response
