"""Refusing settings that lose work, or that would put a secret or a site in danger."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

SHORTEST_KEY = 32
LONGEST_POLL_S = 1.0


def unsafe_settings(settings: Any) -> Iterator[str]:
    """Say why web, workers and clock must not start with these settings, a sentence each."""
    key = settings.SECRET_KEY
    if key == settings.INSECURE_SECRET_KEY:
        yield "SECRET_KEY is not set: set it to a long random text, the same for all processes."
        return
    if settings.DEBUG:
        return
    if len(key) < SHORTEST_KEY or len(set(key)) < 5 or key.startswith("django-insecure-"):
        yield f"SECRET_KEY is too easy to guess: set at least {SHORTEST_KEY} random characters."
    if "*" in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS allows every host: set it to the names this site is reached by."


# The number of each trap; what the queue's settings must fulfil; why.
_TRAPS: tuple[tuple[str, Any, str], ...] = (
    (
        "E101 queue_limit must be 1",
        lambda conf: conf.get("queue_limit") == 1,
        "The retry clock starts when a message is fetched: messages fetched ahead run twice.",
    ),
    (
        "E102 bulk must be 1",
        lambda conf: conf.get("bulk", 1) == 1,
        "Messages fetched in bulk wait behind each other, and run twice.",
    ),
    (
        "E103 timeout must be set, and retry more than 4 times as long",
        lambda conf: bool(conf.get("timeout")) and conf.get("retry", 60) > 4 * conf["timeout"],
        "A message whose task still runs would be delivered again.",
    ),
    (
        "E104 save_limit must be -1",
        lambda conf: conf.get("save_limit", 250) == -1,
        "Saving and pruning results costs more than the work; the rows are our results.",
    ),
    (
        "E105 ack_failures must be True",
        lambda conf: conf.get("ack_failures") is True,
        "A failing message would come back for ever; attempts are counted in our rows.",
    ),
    (
        "E106 max_attempts must be 1",
        lambda conf: conf.get("max_attempts") == 1,
        "A failing message would come back; attempts are counted in our rows.",
    ),
    (
        "E107 guard_cycle must be at least 0.5",
        lambda conf: conf.get("guard_cycle", 0.5) >= 0.5,
        "A shorter cycle never ends a stuck task and hangs the stop.",
    ),
    (
        "E108 catch_up must be False",
        lambda conf: conf.get("catch_up") is False,
        "After a pause every missed sweep would run, one after the other.",
    ),
    (
        "E109 ALT_CLUSTERS must have a cluster 'sweep'",
        lambda conf: "sweep" in (conf.get("ALT_CLUSTERS") or {}),
        "On the workers' own cluster the sweep waits behind long steps.",
    ),
    (
        "E110 broker_class must be one of spellhub.console.brokers",
        lambda conf: str(conf.get("broker_class")).startswith("spellhub.console.brokers."),
        "Without its counts a frozen cluster is not noticed.",
    ),
    (
        "E111 name must be 'spellhub'",
        lambda conf: conf.get("name") == "spellhub",
        "Hints are sent to the queue of this name; changing it deletes queued messages.",
    ),
    (
        f"E112 poll must be at most {LONGEST_POLL_S:g} s",
        lambda conf: 0 < conf.get("poll", 0.2) <= LONGEST_POLL_S,
        "Every cast would wait that long before it starts.",
    ),
    (
        "E113 sync must not be set",
        lambda conf: not conf.get("sync"),
        "Casts would run inside the request, and a hint inside its transaction.",
    ),
)


def queue_traps(conf: Mapping[str, Any]) -> list[CheckMessage]:
    """Return an error for each setting of one cluster known to lose, double or stall work."""
    return [
        Error(f"Q_CLUSTER: {rule}.", hint=why, id=f"spellhub.{number}")
        for number, rule, why in (
            (*title.split(" ", 1), why) for title, holds, why in _TRAPS if not holds(conf)
        )
    ]


@register(Tags.compatibility)
def check_queue(**_: Any) -> list[CheckMessage]:
    """Check the queue's settings, those of the alternative clusters too."""
    conf = dict(settings.Q_CLUSTER)
    problems = queue_traps(conf)
    for name, changes in (conf.get("ALT_CLUSTERS") or {}).items():
        for problem in queue_traps(conf | changes):
            problem.msg = f"{problem.msg} (in ALT_CLUSTERS[{name!r}])"
            if problem.id not in {known.id for known in problems}:
                problems.append(problem)
    return problems


def pooled(databases: Mapping[str, Mapping[str, Any]]) -> list[CheckMessage]:
    """Return an error for each database with psycopg's pool: forked workers share it and hang."""
    return [
        Error(
            f"DATABASES[{alias!r}]: OPTIONS may not have a pool.",
            hint="The cluster hangs after a few messages; workers keep a connection each instead.",
            id="spellhub.E120",
        )
        for alias, database in databases.items()
        if database.get("OPTIONS", {}).get("pool")
    ]


@register(Tags.compatibility)
def check_databases(**_: Any) -> list[CheckMessage]:
    """Check the databases' settings."""
    return pooled(settings.DATABASES)
