"""Private servers for the tests, in temporary folders; none outlives the test run."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

_PR_SET_PDEATHSIG = 1
_STARTS_WITHIN_S = 30.0
_libc = ctypes.CDLL(None)


def free_port() -> int:
    """Return a TCP port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end_with_parent() -> None:
    """Let the calling process die with its parent (Linux)."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_until(is_true: Callable[[], bool], what: str, seconds: float = _STARTS_WITHIN_S) -> None:
    """Wait for something to become true; fail naming it when it does not."""
    until = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} did not come within {seconds:g} s")
        time.sleep(0.05)


class PrivatePostgres:
    """A PostgreSQL cluster of our own on a free port of 127.0.0.1.

    As root it runs as another user, which PostgreSQL insists on. ``durable`` switches fsync on.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="spellhub-postgres-"))
        self.port = free_port()
        self._durable = durable
        self._user = _other_user() if os.getuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        if self._user:
            shutil.chown(self.folder, self._user)

    def url(self, database: str = "postgres") -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def create(self) -> None:
        """Make the cluster's files and start it."""
        options = ["-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
        self._run(binary("initdb"), *options, "--locale=C", check=True)
        self.start()

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        flag = "on" if self._durable else "off"
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 200,
            "fsync": flag,
            "synchronous_commit": flag,
            "full_page_writes": flag,
        }
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        self._process = subprocess.Popen(
            [binary("postgres"), "-D", str(self._data), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            user=self._user,
            group=_group(self._user),
            extra_groups=[] if self._user else None,
            preexec_fn=end_with_parent,
        )
        log.close()
        wait_until(self._answers, "the private PostgreSQL")

    def stop(self) -> None:
        """Stop at once, as a crash does."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(20)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError((self.folder / "log").read_text())
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, *command: str, check: bool) -> None:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            user=self._user,
            group=_group(self._user),
            extra_groups=[] if self._user else None,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")


class PrivateRedis:
    """A Redis server of our own on a free port of 127.0.0.1, which stores nothing."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="spellhub-redis-"))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self._process = subprocess.Popen(
            [binary("redis-server"), *options, "--save", "", "--appendonly", "no"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
        )
        wait_until(self._answers, "the private Redis")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def binary(name: str) -> str:
    """Return the path of a server's program; Debian keeps PostgreSQL's out of PATH."""
    found = shutil.which(name)
    if found:
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    if not versions:
        raise RuntimeError(
            f"{name} is not installed: the tests need PostgreSQL and Redis "
            "(Debian: apt-get install postgresql redis-server)."
        )
    return str(versions[-1])


def _version(path: Path) -> int:
    return int(path.parts[-3])


def _other_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None
