"""Take each guard out in a scratch copy, and show that its test then fails: ``make guards``.

``guards.yaml`` lists guards of the failure catalogue: a snippet of source, what stands there when
the guard is out, and the test that checks it. First every test is run as it is; then each guard is
taken out alone. A guard whose test still passes is no guard, or its test is none: exit status 1.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from queue import Queue

import yaml
from rich.console import Console

from tests.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".data", ".tools", ".hypothesis", "__pycache__", ".*_cache"
)
PASSED, FAILED = 0, 1
# One test needs no helpers for many, and starts sooner without them.
ALONE = ("-p", "no:xdist", "-p", "no:cov", "-p", "no:hypothesispytest")
PACKAGES = ("casts", "generations", "spellhub", "tests")
FAILURE = re.compile(r"^FAILED tests/", re.MULTILINE)
# A test that fails like this met a broken patch, not a missing guard.
BROKEN = re.compile(
    r"^(ERROR tests/|E +(Syntax|Indentation|Import|ModuleNotFound|Name)Error)", re.MULTILINE
)
MARK = re.compile(r"mark\.failure\(\"(\w+)\"\)")

console = Console(highlight=False, soft_wrap=True, markup=False)


@dataclass(frozen=True)
class Guard:
    """A piece of code, what is there without its guard, and the test that must notice."""

    failure: str
    what: str
    file: str
    find: str
    replace: str
    test: str

    @property
    def options(self) -> list[str]:
        """What pytest is told besides the test: tables made of the models are there sooner."""
        return [] if "/migrations/" in self.file else ["--no-migrations"]


@dataclass(frozen=True)
class Verdict:
    """What became of the test without the guard; ``output`` is pytest's."""

    guard: Guard
    output: str
    is_noticed: bool = False

    @property
    def reason(self) -> str:
        """The first line in which pytest says why the test failed."""
        found = re.search(r"^E +(\S.*)$", self.output, re.MULTILINE)
        return found[1][:100] if found else ""


def main() -> int:
    """Try every guard; return the exit status."""
    parser = argparse.ArgumentParser(prog="make guards", description=__doc__)
    parser.add_argument("ids", nargs="*", help="only these ids of the catalogue")
    parser.add_argument("--jobs", type=int, default=2, help="how many tests run at once")
    parser.add_argument("--verbose", action="store_true", help="show how each test failed")
    options = parser.parse_args()
    os.nice(10)
    every = _read()
    guards = [guard for guard in every if not options.ids or guard.failure in options.ids]
    _note_unguarded({guard.failure for guard in every})
    with tempfile.TemporaryDirectory(prefix="spellhub-guards-") as folder:
        whole = _copy(ROOT, Path(folder) / "0")
        _check_that_the_copy_is_used(whole)
        if not _is_whole(whole, guards, options.jobs):
            return 1
        copies: Queue[Path] = Queue()
        copies.put(whole)
        for number in range(1, options.jobs):
            # Made after the first run, so that it brings its compiled files.
            copies.put(_copy(whole, Path(folder) / str(number), ignore=None))
        with ThreadPoolExecutor(options.jobs) as pool:
            verdicts = pool.map(lambda guard: _try(guard, copies), guards)
            return _report(verdicts, verbose=options.verbose)


def _read() -> list[Guard]:
    text = (Path(__file__).parent / "guards.yaml").read_text()
    guards = [Guard(**entry) for entry in yaml.safe_load(text)]
    unknown = {guard.failure for guard in guards} - set(CATALOGUE)
    if unknown:
        raise ValueError(f"guards.yaml names failures that are not in the catalogue: {unknown}")
    return guards


def _note_unguarded(guarded: set[str]) -> None:
    files = (ROOT / "tests").rglob("*.py")
    marked = {id_ for file in files for id_ in MARK.findall(file.read_text())}
    missing = [id_ for id_ in CATALOGUE if id_ in marked - guarded]
    if missing:
        console.print(f"Note: no guard is listed for {', '.join(missing)}, which have tests.")


def _copy(source: Path, target: Path, ignore: object = LEFT_OUT) -> Path:
    shutil.copytree(source, target, ignore=ignore, symlinks=True)  # type: ignore[arg-type]
    return target


def _check_that_the_copy_is_used(copy: Path) -> None:
    """Where the environment has this folder on its path, the original could be tested instead."""
    script = f"import {', '.join(PACKAGES)}; print(*(p.__file__ for p in ({', '.join(PACKAGES)})))"
    files = _python(copy, ["-c", script]).stdout.split()
    strays = [file for file in files if not Path(file).is_relative_to(copy)]
    if strays or len(files) != len(PACKAGES):
        raise RuntimeError(f"the copy {copy} is not what is imported: {files}")


def _is_whole(copy: Path, guards: Sequence[Guard], jobs: int) -> bool:
    """Run every test once with its guard; say whether all pass."""
    for options in ([], ["--no-migrations"]):
        tests = {guard.test: None for guard in guards if guard.options == options}
        if not tests:
            continue
        console.print(f"{len(tests)} tests with their guards {' '.join(options)}")
        # What is compiled here is there for all later runs.
        arguments = ["-n", str(jobs), *options, *tests]
        whole = _pytest(copy, arguments, PYTHONDONTWRITEBYTECODE="")
        if whole.returncode != PASSED:
            console.print(f"Some of them fail with their guards, too:\n{whole.stdout[-8000:]}")
            return False
    return True


def _try(guard: Guard, copies: "Queue[Path]") -> Verdict:
    copy = copies.get()
    file = copy / guard.file
    original = file.read_text()
    try:
        found = original.count(guard.find)
        if found != 1:
            return Verdict(guard, f"{guard.find!r} stands {found} times in {guard.file}")
        file.write_text(original.replace(guard.find, guard.replace))
        # A change of the same size within a second would leave the compiled file valid.
        Path(cache_from_source(str(file))).unlink(missing_ok=True)
        arguments = ["-x", *ALONE, *guard.options, guard.test]
        broken = _pytest(copy, arguments, PYTHONDONTWRITEBYTECODE="1")
        is_failure = broken.returncode == FAILED and FAILURE.search(broken.stdout)
        is_noticed = bool(is_failure) and not BROKEN.search(broken.stdout)
        return Verdict(guard, broken.stdout, is_noticed)
    finally:
        file.write_text(original)
        copies.put(copy)


def _pytest(
    copy: Path, arguments: list[str], **environment: str
) -> subprocess.CompletedProcess[str]:
    options = ["-q", "-p", "no:cacheprovider", "--database", "sqlite", "--timeout", "60"]
    return _python(copy, ["-m", "pytest", *options, *arguments], **environment)


def _python(
    copy: Path, arguments: list[str], **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _report(verdicts: Iterable[Verdict], *, verbose: bool) -> int:
    noticed = total = 0
    for verdict in verdicts:
        guard, mark = verdict.guard, "noticed" if verdict.is_noticed else "NOT NOTICED"
        console.print(f"{guard.failure:4} {mark:12} {guard.what}  ({guard.test})")
        if verbose:
            console.print(f"     {verdict.reason}")
        if not verdict.is_noticed:
            console.print(verdict.output[-4000:])
        total += 1
        noticed += verdict.is_noticed
    console.print(f"{noticed} of {total} guards are noticed when they are taken out")
    return 0 if total and noticed == total else 1


if __name__ == "__main__":
    sys.exit(main())
