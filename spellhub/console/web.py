"""The web server: daphne, run so that it stops cleanly."""

import os
import sys

from daphne.server import Server
from twisted.internet import endpoints

from spellhub.asgi import application
from spellhub.console.heartbeats import Heartbeat
from spellhub.console.models import ProcessHeartbeat


def serve(host: str, port: int) -> None:
    """Answer requests until SIGTERM or SIGINT; never returns.

    Leaves with ``os._exit``: on Python 3.11 daphne crashes when the interpreter is torn down while
    a socket is open.
    """
    interface = endpoints.quoteStringArgument(host)  # type: ignore[no-untyped-call]
    server = Server(
        application=application,
        endpoints=[f"tcp:port={port}:interface={interface}"],
        server_name="spellhub",
        application_close_timeout=3,
        ready_callable=Heartbeat(ProcessHeartbeat.Role.WEB).start,
    )
    server.run()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0 if server.listening_addresses else 1)
