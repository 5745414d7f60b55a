"""Reusing what an earlier attempt gave: same account, same tool version, same inputs."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from casts import planner
from casts.engine.turn import Turn
from generations.models import ArtifactLink, Generation
from generations.schemas import artifact_ids, pointer_to
from generations.states import Status
from spellhub.identifiers import identifiers_in, uuid7


def key_of(turn: Turn, move: planner.Start) -> str | None:
    """Return the digest of all that a step's outputs follow from; None where they stay its own.

    Files count by their content, so that a file which is made anew is the same file.
    """
    if move.step.cache_ttl_s is None or move.tool.billable or not move.tool.repeatable:
        return None
    files = artifact_ids(move.tool.input_schema, move.inputs)
    contents = _contents(turn, {identifier for _, identifier in files})
    known = sorted((pointer, contents[text]) for pointer, text in files if text in contents)
    inputs = _without(move.inputs, {pointer for pointer, _ in known})
    parts = [turn.cast.account_id, move.tool.key, move.tool.version, inputs, known]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def earlier(turn: Turn, move: planner.Start, key: str) -> Generation | None:
    """Return the newest attempt whose outputs may stand for this one's.

    A step that runs again in the same cast was asked to: it is never answered so.
    """
    ttl_s = move.step.cache_ttl_s
    if ttl_s is None or move.number > 1 or not turn.cast.uses_cache:
        return None
    # Only what a tool gave itself: outputs would never grow old if they were passed on.
    rows = Generation.objects.filter(
        cache_key=key,
        status=Status.SUCCEEDED,
        cached_from__isnull=True,
        finished_at__gte=turn.now - timedelta(seconds=ttl_s),
    )
    return rows.order_by("-finished_at").first()


def give(turn: Turn, generation: Generation, source: Generation) -> dict[str, Any]:
    """Return the outputs of a source for another attempt, with links of its own to the files."""
    new_ids: dict[str, str] = {}
    for link in ArtifactLink.objects.filter(generation=source):
        new_ids[str(link.pk)] = str(uuid7())
        turn.links.append(
            ArtifactLink(
                id=UUID(new_ids[str(link.pk)]),
                artifact_id=link.artifact_id,
                account_id=turn.cast.account_id,
                generation=generation,
                role=link.role,
                name=link.name,
                provenance=link.provenance,
            )
        )
    outputs: dict[str, Any] = _mapped(source.outputs, lambda text: new_ids.get(text, text))
    return outputs


def _contents(turn: Turn, texts: set[str]) -> dict[str, str]:
    """Return what the account's files hold, by the texts that name them."""
    ids = set(identifiers_in(list(texts)))
    if not ids:
        return {}
    links = ArtifactLink.objects.filter(pk__in=ids, account=turn.cast.account_id)
    found = links.values_list("pk", "artifact__sha256")
    return {str(pk): sha256 for pk, sha256 in found}


def _without(value: Any, pointers: set[str], at: str = "") -> Any:
    """Return a JSON value with null at these pointers."""
    if at in pointers:
        return None
    if isinstance(value, Mapping):
        return {
            key: _without(item, pointers, at + pointer_to([key])) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_without(item, pointers, f"{at}/{index}") for index, item in enumerate(value)]
    return value


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON value with each of its texts changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(item, change) for item in value]
    return value
