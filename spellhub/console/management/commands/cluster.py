"""The command `cluster`."""

from typing import Any

from django_q.cluster import Cluster

from spellhub.console import cluster
from spellhub.console.processes import bind_forks, follow_parent
from spellhub.console.refusals import PartCommand


class Command(PartCommand):
    help = "Run one django-q2 cluster without supervision; `worker` starts it."
    requires_system_checks: list[str] = []  # noqa: RUF012 - `worker` has run them

    def handle(self, *_: Any, **__: Any) -> None:
        follow_parent()
        bind_forks()
        cluster.listen()
        Cluster().start()
