"""The first draft of a spell, with comments that say what else could stand there. Pure."""

from casts.sketching.documents import document_from, document_like
from casts.sketching.writing import commented

__all__ = ["commented", "document_from", "document_like"]
