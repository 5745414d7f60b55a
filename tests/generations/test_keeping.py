"""Files in the storage: whole or not at all."""

import io
import threading
from typing import Any

import pytest
from django.core.files.storage import storages

from generations.keeping import get, put


@pytest.fixture
def name() -> str:
    return f"keeping/{threading.get_ident()}/file.bin"


@pytest.fixture(autouse=True)
def _nothing_there_yet(name: str) -> None:
    storages["artifacts"].delete(name)


def test_what_is_put_is_there_and_nothing_else(name: str) -> None:
    assert put(io.BytesIO(b"bytes"), name) == name
    assert get(name) == b"bytes"
    assert storages["artifacts"].listdir("parts") == ([], [])
    assert storages["artifacts"].listdir(name.rpartition("/")[0])[1] == ["file.bin"]


def test_what_is_there_stays_what_it_was(name: str) -> None:
    put(io.BytesIO(b"first"), name)
    assert put(io.BytesIO(b"second"), name) == name
    assert get(name) == b"first"


@pytest.mark.failure("D8")
def test_whoever_looks_finds_all_of_a_file_or_none(name: str) -> None:
    """Guards the move into place: nothing is under the name while its bytes still come."""
    storage, seen = storages["artifacts"], []

    class Watched(io.BytesIO):
        def read(self, *size: Any) -> bytes:
            seen.append(storage.exists(name))
            return super().read(*size)

    put(Watched(b"x" * 300_000), name)
    assert len(seen) > 3
    assert not any(seen)
    assert len(get(name)) == 300_000


def test_many_that_put_the_same_leave_one_file(name: str) -> None:
    content = b"x" * 1_000_000
    writers = [threading.Thread(target=put, args=(io.BytesIO(content), name)) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert get(name) == content
    assert storages["artifacts"].listdir(name.rpartition("/")[0])[1] == ["file.bin"]
    assert storages["artifacts"].listdir("parts") == ([], [])


def test_what_breaks_while_it_is_read_leaves_nothing(name: str) -> None:
    class Broken(io.BytesIO):
        def read(self, *_size: object) -> bytes:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        put(Broken(b"x"), name)
    assert not storages["artifacts"].exists(name)
    assert storages["artifacts"].listdir("parts") == ([], [])
