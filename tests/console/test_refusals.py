"""What cannot start says why, in one sentence."""

import socket
import stat
from pathlib import Path

import pytest

from spellhub.console import data_folder
from spellhub.console.refusals import Refused, require_data_folder, require_free_port
from tests.servers import free_port


def test_a_port_in_use_is_refused() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=f"Port {port} on 127.0.0.1 is already in use"):
            require_free_port("127.0.0.1", port)


def test_a_free_port_stays_free() -> None:
    port = free_port()
    require_free_port("127.0.0.1", port)
    require_free_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Refused, match="Set HOST and PORT"):
        require_free_port("203.0.113.7", free_port())


def test_a_data_folder_is_made(tmp_path: Path) -> None:
    require_data_folder(tmp_path / "new" / "data")
    assert list((tmp_path / "new" / "data").iterdir()) == []


def test_a_data_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="cannot be written to"):
        require_data_folder(tmp_path / "file" / "data")


def test_two_do_not_share_a_data_folder(tmp_path: Path) -> None:
    held = data_folder.take(tmp_path, "http://127.0.0.1:8000")
    with pytest.raises(Refused, match=r"already up .* at http://127.0.0.1:8000"):
        data_folder.take(tmp_path, "http://127.0.0.1:9000")
    held.close()
    data_folder.take(tmp_path, "http://127.0.0.1:9000").close()


def test_a_secret_key_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    data_folder.make_secret_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text()) >= 60


def test_a_secret_key_is_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    data_folder.make_secret_key(file)
    key = file.read_text()
    with pytest.raises(FileExistsError):
        data_folder.make_secret_key(file)
    assert file.read_text() == key
