"""Makes sure that the servers which the tests start are installed (``python -m tests.install``).

As root on Debian it installs them, and says so; elsewhere it says what to install.
"""

import os
import shutil
import subprocess
import sys

from tests.servers import binary

PACKAGES = {"initdb": "postgresql", "postgres": "postgresql", "redis-server": "redis-server"}


def main() -> int:
    """Return the exit status."""
    missing = sorted({package for name, package in PACKAGES.items() if not _is_there(name)})
    if not missing:
        return 0
    apt_get = shutil.which("apt-get")
    if os.getuid() != 0 or not apt_get:
        print(f"The tests need these servers; please install them: {', '.join(missing)}.")
        return 1
    print(f"Installing Debian packages for the tests: {', '.join(missing)}.", flush=True)
    # No service is started: the tests run servers of their own.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for arguments in (["update", "-q"], ["install", "-qy", "--no-install-recommends", *missing]):
        subprocess.run([apt_get, *arguments], check=True, env=environment)
    still = [name for name in PACKAGES if not _is_there(name)]
    if still:
        print(f"Installed, but not found: {', '.join(still)}.", file=sys.stderr)
    return 1 if still else 0


def _is_there(name: str) -> bool:
    try:
        binary(name)
    except RuntimeError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
