"""Why a cast is where it is, and what happens next and when: a sentence. Pure.

One function for the API, the admin, the live page and the commands.
"""

from casts.diagnosis.rows import AttemptRow, CastRow, Diagnosis
from casts.diagnosis.verdict import FOR_A_PERSON, diagnose, waiting_on

__all__ = ["FOR_A_PERSON", "AttemptRow", "CastRow", "Diagnosis", "diagnose", "waiting_on"]
