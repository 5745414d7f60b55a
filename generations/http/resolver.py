"""Asking the system for the addresses of a host, within a time."""

import socket
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread

from generations.http.refusals import Unresolved

# Takes host, port and seconds; returns every address as text; raises Unresolved.
Resolve = Callable[[str, int, float], Sequence[str]]
_Asked = Sequence[str] | Unresolved


def ask_system(host: str, port: int) -> _Asked:
    """Return all addresses that the system has for a host, however long that takes."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        return Unresolved(f"The name {host} cannot be resolved: {error}.")
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


def resolve_by_system(
    host: str, port: int, seconds: float, ask: Callable[[str, int], _Asked] = ask_system
) -> Sequence[str]:
    """Return all addresses that the system has for a host; raises Unresolved."""
    answers: SimpleQueue[_Asked] = SimpleQueue()
    # The system's resolver takes no timeout, so it is waited for from outside.
    Thread(target=lambda: answers.put(ask(host, port)), daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise Unresolved(f"The name {host} was not resolved in time.") from None
    if isinstance(answer, Unresolved):
        raise answer
    return answer
