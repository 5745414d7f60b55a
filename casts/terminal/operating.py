"""Who works at the shell."""

import getpass


def operator() -> str:
    """Name whoever runs the command, as events name who caused them: ``cli:ada``."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):
        # A process may run as a user that the machine has no name for.
        return "cli:shell"
