"""The command `worker`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from spellhub import schedules
from spellhub.console.processes import follow_parent
from spellhub.console.refusals import PartCommand
from spellhub.console.stopping import stop_on_signals
from spellhub.console.supervisor import ClusterSupervisor

QUEUES = {"steps": settings.Q_CLUSTER["name"], "sweep": "sweep"}


class Command(PartCommand):
    help = "Carry casts on, in worker processes that are watched and started again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queue", choices=sorted(QUEUES), default="steps")
        parser.add_argument("--workers", type=int, metavar="N", help="processes; SPELLHUB_WORKERS")

    def handle(self, *_: Any, **options: Any) -> None:
        follow_parent()
        stopping = stop_on_signals()
        if options["queue"] == "sweep":
            schedules.ensure()
        workers = options["workers"] or settings.WORKERS
        ClusterSupervisor(QUEUES[options["queue"]], workers).run(stopping)
