"""Take each guard out in a scratch copy, and show that its test then fails: ``make guards``.

``guards.yaml`` lists, for each id of the failure catalogue, one guard and the test that checks it.
A guard whose test still passes without it is no guard, or its test is none: exit status 1.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import yaml
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".data", ".tools", "__pycache__", ".*_cache")
PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Guard:
    """A piece of code, what it is without its guard, and the test that must notice."""

    failure: str
    what: str
    file: str
    find: str
    replace: str
    test: str


@dataclass(frozen=True)
class Verdict:
    """What happened to the test; ``exit_status`` is pytest's."""

    guard: Guard
    exit_status: int
    output: str

    @property
    def is_noticed(self) -> bool:
        """Whether the test failed, as it must."""
        return self.exit_status == FAILED


def main() -> int:
    """Try every guard; return the exit status."""
    parser = argparse.ArgumentParser(prog="make guards", description=__doc__)
    parser.add_argument("ids", nargs="*", help="only these ids of the catalogue")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    text = (Path(__file__).parent / "guards.yaml").read_text()
    guards = [Guard(**entry) for entry in yaml.safe_load(text)]
    guards = [guard for guard in guards if not options.ids or guard.failure in options.ids]
    with tempfile.TemporaryDirectory(prefix="spellhub-guards-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(options.jobs):
            copies.put(_copy(Path(folder) / str(number)))
        with ThreadPoolExecutor(options.jobs) as pool:
            verdicts = list(pool.map(lambda guard: _try(guard, copies), guards))
    return _report(verdicts)


def _copy(target: Path) -> Path:
    shutil.copytree(ROOT, target, ignore=LEFT_OUT, symlinks=True)
    return target


def _try(guard: Guard, copies: "Queue[Path]") -> Verdict:
    copy = copies.get()
    file = copy / guard.file
    original = file.read_text()
    try:
        if original.count(guard.find) != 1:
            found = original.count(guard.find)
            return Verdict(guard, 2, f"{guard.find!r} stands {found} times in {guard.file}")
        whole = _pytest(copy, guard.test)
        if whole.returncode != PASSED:
            return Verdict(guard, 2, f"fails with its guard, too:\n{whole.stdout[-2000:]}")
        file.write_text(original.replace(guard.find, guard.replace))
        broken = _pytest(copy, guard.test)
        return Verdict(guard, broken.returncode, broken.stdout[-2000:])
    finally:
        file.write_text(original)
        copies.put(copy)


def _pytest(copy: Path, test: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *test.split()],
        cwd=copy,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _report(verdicts: list[Verdict]) -> int:
    console = Console(highlight=False, soft_wrap=True)
    for verdict in verdicts:
        guard, mark = verdict.guard, "noticed" if verdict.is_noticed else "NOT NOTICED"
        console.print(f"{guard.failure:4} {mark:12} {guard.what}  ({guard.test})")
        if not verdict.is_noticed:
            console.print(verdict.output)
    missed = [verdict for verdict in verdicts if not verdict.is_noticed]
    noticed = len(verdicts) - len(missed)
    console.print(f"{noticed} of {len(verdicts)} guards are noticed when they are taken out")
    return 1 if missed or not verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
