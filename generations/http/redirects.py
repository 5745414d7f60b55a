"""Where a redirect leads, and what may be taken along. Pure."""

import re

import httpx

from generations.http.refusals import BadRedirect, BadUrl
from generations.http.targets import Target, target_of, url_in

MAX_HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# Whatever else a request carries may be meant for its own origin alone.
_FOR_ANYBODY = frozenset({"accept", "accept-language", "user-agent"})


def is_redirect(request: httpx.Request, response: httpx.Response) -> bool:
    """Whether the answer sends a request elsewhere that may be sent again."""
    return response.status_code in _REDIRECTS and request.method in {"GET", "HEAD"}


def redirected(request: httpx.Request, response: httpx.Response) -> httpx.Request:
    """Return the request to the place that an answer names; raises BadRedirect.

    Never from https to http; to another origin without credentials and without any other header
    that could be meant for the first one.
    """
    location = response.headers.get("location", "")
    if not location:
        raise BadRedirect("A redirect does not say where to.")
    url = _joined(request.url, location)
    if request.url.scheme == "https" and url.scheme != "https":
        raise BadRedirect("A redirect leads from https to http, which is not followed.")
    stays = _origin_of(request.url) == _origin_of(url)
    headers = {
        name: text
        for name, text in request.headers.items()
        if name != "host" and (stays or name in _FOR_ANYBODY)
    }
    return httpx.Request(request.method, url, headers=headers)


def _joined(base: httpx.URL, location: str) -> httpx.URL:
    """Return the whole URL; what begins with a scheme or a host is read as it stands."""
    try:
        if location.startswith("//"):
            return url_in(f"{base.scheme}:{location}")
        if _ABSOLUTE.match(location):
            return url_in(location)
        return url_in(str(base.join(location)))
    except (httpx.InvalidURL, BadUrl, ValueError):
        raise BadRedirect("A redirect leads to what is not a URL.") from None


def _origin_of(url: httpx.URL) -> Target:
    try:
        return target_of(url)
    except BadUrl as error:
        raise BadRedirect(f"A redirect leads nowhere. {error}") from None
