"""The real thing: web, workers and clock as processes, on a fresh database and a free port."""

import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg

from tests.servers import end_with_parent, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
PARTS = {
    "web": ["web"],
    "worker": ["worker"],
    "sweep": ["worker", "--queue", "sweep", "--workers", "1"],
    "clock": ["clock"],
    "up": ["up"],
}
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
_LEFT_WITHIN_S = 5.0


class Stack:
    """Starts parts of spellhub and ends every process of them; times are in seconds."""

    def __init__(self, folder: Path, database_url: str, **environment: str) -> None:
        port = free_port()
        self.folder = folder
        self.base_url = f"http://127.0.0.1:{port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.env = {name: os.environ[name] for name in _INHERITED if name in os.environ} | {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": database_url,
            "SPELLHUB_DATA_DIR": str(folder / "data"),
            "SPELLHUB_WORKERS": "2",
            "SPELLHUB_DEBUG_TOOLS": "1",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "LOG_LEVEL": "INFO",
            **environment,
        }
        Path(self.env["SPELLHUB_DATA_DIR"]).mkdir(exist_ok=True)

    def manage(self, *command: str, check: bool = True, timeout: float = 60.0) -> str:
        """Run a command to its end and return what it printed on stdout.

        Raises AssertionError with its messages when it fails and ``check`` is set.
        """
        done = self.try_manage(*command, timeout=timeout)
        assert not check or done.returncode == 0, done.stderr or done.stdout
        return done.stdout

    def try_manage(self, *command: str, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, however that is."""
        return subprocess.run(
            self._argv(command),
            env=self.env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *names: str) -> None:
        """Start parts and wait until they are at work."""
        for name in names:
            self._spawn(name)
        if "web" in names or "up" in names:
            self._wait("web", self.answers)
        if "worker" in names or "up" in names:
            self._wait("worker", lambda: len(self.workers()) >= int(self.env["SPELLHUB_WORKERS"]))
        if "sweep" in names:
            self._wait("sweep", lambda: bool(self.workers("sweep")))
        if "clock" in names:
            self._wait("clock", lambda: bool(self.workers("clock")))

    def answers(self, path: str = "/healthz") -> bool:
        """Return whether the web server answers a path with 200."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(self.base_url + path, timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def log(self, name: str) -> str:
        """Return what a part has printed."""
        path = self.folder / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run SQL on the database, past Django; placeholders are ``?``."""
        if self.is_sqlite:
            with closing(sqlite3.connect(self._file, timeout=20)) as lite, lite:
                return lite.execute(sql, parameters).fetchall()
        with psycopg.connect(self.env["DATABASE_URL"]) as postgres:
            cursor = postgres.execute(sql.replace("?", "%s"), parameters)
            return cursor.fetchall() if cursor.description else []

    @property
    def is_sqlite(self) -> bool:
        return self.env["DATABASE_URL"].startswith("sqlite")

    def workers(self, role: str = "worker") -> list[int]:
        """Return the process ids of the living processes of a role, the oldest first."""
        sql = "SELECT pid FROM console_processheartbeat WHERE role = ? ORDER BY started_at, pid"
        return [pid for (pid,) in self.query(sql, role) if self._is_ours(pid)]

    def kill_worker(self, index: int = 0) -> int:
        """Kill a worker at once; return its process id."""
        pid = self.workers()[index]
        os.kill(pid, signal.SIGKILL)
        return pid

    def cluster(self, part: str = "worker") -> int:
        """Return the process id of the main process of a part's cluster."""
        (main,) = psutil.Process(self.processes[part].pid).children()
        return main.pid

    def kill(self, name: str) -> None:
        """Kill the main process of a part, and nothing else."""
        self.processes[name].kill()
        self.processes[name].wait(10)

    def stop(self, name: str, timeout: float = 20.0) -> int:
        """Ask a part to stop, as Ctrl-C and process managers do; return its exit status."""
        self.processes[name].send_signal(signal.SIGINT)
        return self.processes[name].wait(timeout)

    def living(self) -> list[psutil.Process]:
        """Return every living process of this stack, whoever started it."""
        return [process for process in psutil.process_iter() if self._is_ours(process.pid)]

    def close(self) -> None:
        """Kill the parts; raise AssertionError when something outlives them."""
        for name in self.processes:
            self.kill(name)
        try:
            wait_until(lambda: not self.living(), "the end of all processes", _LEFT_WITHIN_S)
        except TimeoutError:
            left = self.living()
            for process in left:
                process.kill()
            raise AssertionError(f"these outlived what started them: {left}") from None

    def _spawn(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self._argv(PARTS[name]),
                env=self.env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def _argv(self, command: Sequence[str]) -> list[str]:
        return [sys.executable, "manage.py", *command]

    def _wait(self, name: str, is_true: Any) -> None:
        try:
            wait_until(is_true, name)
        except TimeoutError as error:
            logs = "\n".join(f"--- {part}\n{self.log(part)}" for part in self.processes)
            raise AssertionError(f"{error}\n{logs}") from error

    def _is_ours(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return process.environ().get("SPELLHUB_DATA_DIR") == self.env["SPELLHUB_DATA_DIR"]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    @property
    def _file(self) -> str:
        return self.env["DATABASE_URL"].removeprefix("sqlite:///")


class FreshDatabases:
    """Makes databases that are migrated already, by copying one."""

    def __init__(self, folder: Path, server_url: str) -> None:
        self._server_url = server_url
        self._template = self._address(folder, "template")
        self._made: list[str] = []
        self._create(self._template)
        Stack(folder, self._template).manage("migrate", "--skip-checks", "--verbosity", "0")

    def fresh(self, folder: Path, *, migrated: bool = True) -> str:
        """Return the URL of a new database."""
        address = self._address(folder, "spellhub")
        self._create(address, self._template if migrated else None)
        return address

    def close(self) -> None:
        """Drop what was made on a server."""
        for name in reversed(self._made):
            self._on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _address(self, folder: Path, name: str) -> str:
        if self._server_url.startswith("sqlite"):
            return f"sqlite:///{folder}/{name}.sqlite3"
        parts = urlsplit(self._server_url)
        return urlunsplit(parts._replace(path=f"/{name}_{secrets.token_hex(6)}"))

    def _create(self, address: str, template: str | None = None) -> None:
        if address.startswith("sqlite"):
            if template:
                shutil.copy(template.removeprefix("sqlite:///"), address.removeprefix("sqlite:///"))
            return
        name = urlsplit(address).path.removeprefix("/")
        source = f' TEMPLATE "{urlsplit(template).path.removeprefix("/")}"' if template else ""
        self._on_server(f'CREATE DATABASE "{name}"{source}')
        self._made.append(name)

    def _on_server(self, sql: str) -> None:
        url = urlunsplit(urlsplit(self._server_url)._replace(path="/postgres"))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql)
