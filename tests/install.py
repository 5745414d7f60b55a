"""Makes sure that what the tests run beside Python is installed (``python -m tests.install``).

These are servers, a browser, and the libraries of ``image.upscale``. As root on Debian it installs
them, and says so; elsewhere it says what to install.
"""

import os
import platform
import shutil
import subprocess
import sys

from generations.adapters.local.libraries import missing_libraries
from tests.servers import binary

PROGRAMS = {
    "initdb": "postgresql",
    "postgres": "postgresql",
    "redis-server": "redis-server",
    "chromium": "chromium",
}
# What the package of the upscaler loads is built for one kind of machine only.
LIBRARIES = (
    {"libvulkan.so.1": "libvulkan1", "libomp.so.5": "libomp5"}
    if (sys.platform, platform.machine()) == ("linux", "x86_64")
    else {}
)


def main() -> int:
    """Return the exit status."""
    missing = sorted(set(_missing().values()))
    if not missing:
        return 0
    apt_get = shutil.which("apt-get")
    if os.getuid() != 0 or not apt_get:
        print(f"The tests need these packages; please install them: {', '.join(missing)}.")
        return 1
    print(f"Installing Debian packages for the tests: {', '.join(missing)}.", flush=True)
    # No service is started: the tests run servers of their own.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for arguments in (["update", "-q"], ["install", "-qy", "--no-install-recommends", *missing]):
        subprocess.run([apt_get, *arguments], check=True, env=environment)
    still = _missing()
    if still:
        print(f"Installed, but not found: {', '.join(still)}.", file=sys.stderr)
    return 1 if still else 0


def _missing() -> dict[str, str]:
    """Return the programs and libraries that are not there, each with its package."""
    programs = {name: package for name, package in PROGRAMS.items() if not _is_there(name)}
    return programs | {name: LIBRARIES[name] for name in missing_libraries(LIBRARIES)}


def _is_there(name: str) -> bool:
    try:
        binary(name)
    except RuntimeError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
