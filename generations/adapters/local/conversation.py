"""One request to the child and the answer to it."""

import os
import selectors
import time
from typing import IO

from generations.adapters.base import BadOutput, Call, CallCancelled, DeadlineExceeded
from generations.adapters.local.frames import Frames, TooLong
from generations.adapters.local.limits import MAX_ANSWER_BYTES, MAX_TRACE
from generations.adapters.local.messages import Answer, Progress, parse

LOOK_EVERY_S = 0.5
"""How long it may take until a lost claim or a dead child is noticed."""

_PIECE = 65_536


class Died(Exception):
    """The child closed its end before it answered."""


def check_wanted(call: Call) -> None:
    """Raise DeadlineExceeded or CallCancelled when nobody waits for this call any more."""
    if call.seconds_left() <= 0:
        raise DeadlineExceeded("The tool did not finish within its deadline.")
    if not call.is_wanted():
        raise CallCancelled("The worker no longer holds this call.")


class Conversation:
    """Writes the request, reads the answer and what goes to stderr, and watches the time.

    All pipes are non-blocking: a child that neither reads nor writes holds nothing up.
    """

    def __init__(self, pipes: tuple[IO[bytes], IO[bytes], IO[bytes]], call: Call) -> None:
        self._stdin, self._stdout, self._stderr = (pipe.fileno() for pipe in pipes)
        self._call = call
        self._frames = Frames(MAX_ANSWER_BYTES)
        self._said = bytearray()
        self._look_at = time.monotonic() + LOOK_EVERY_S

    def said(self) -> str:
        """Return the end of what the child wrote to stderr during this call."""
        return self._said.decode("utf-8", "replace")

    def hold(self, request: bytes) -> Answer:
        """Return the answer.

        Raises Died, DeadlineExceeded, CallCancelled, and BadOutput for an answer that is none.
        """
        self._hear()
        self._said.clear()
        with selectors.DefaultSelector() as selector:
            self._selector = selector
            selector.register(self._stdin, selectors.EVENT_WRITE)
            selector.register(self._stdout, selectors.EVENT_READ)
            selector.register(self._stderr, selectors.EVENT_READ)
            try:
                return self._exchange(memoryview(request))
            except (TooLong, ValueError, KeyError) as error:
                raise BadOutput(f"The tool's process answered with garbage: {error}") from None
            finally:
                self._hear()

    def _exchange(self, request: memoryview) -> Answer:
        while True:
            for key, _ in self._selector.select(self._patience()):
                if key.fd == self._stdin:
                    request = self._write(request)
                elif key.fd == self._stderr:
                    if not self._hear():
                        self._selector.unregister(self._stderr)
                elif (answer := self._read()) is not None:
                    return answer
            self._check()

    def _patience(self) -> float:
        return max(0.0, min(self._look_at - time.monotonic(), self._call.seconds_left()))

    def _check(self) -> None:
        if self._call.seconds_left() <= 0 or time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_EVERY_S
            check_wanted(self._call)

    def _write(self, request: memoryview) -> memoryview:
        try:
            rest = request[os.write(self._stdin, request[:_PIECE]) :]
        except BlockingIOError:
            return request
        except BrokenPipeError:
            rest = request[:0]
        if not rest:
            self._selector.unregister(self._stdin)
        return rest

    def _read(self) -> Answer | None:
        piece = os.read(self._stdout, _PIECE)
        if not piece:
            raise Died
        for body in self._frames.feed(piece):
            message = parse(body)
            if message.call != self._call.id:  # a thread that an earlier call left behind
                continue
            if not isinstance(message, Progress):
                return message
            self._call.progress(message.fraction, message.note)
        return None

    def _hear(self) -> bool:
        """Read what is there now of stderr and keep its end; False when it was closed."""
        for _ in range(16):  # a child that never stops writing must not keep us here
            try:
                piece = os.read(self._stderr, _PIECE)
            except BlockingIOError:
                return True
            if not piece:
                return False
            self._said += piece
            del self._said[:-MAX_TRACE]
        return True
