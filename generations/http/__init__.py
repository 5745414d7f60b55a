"""The one guarded HTTP client: all that users can aim, and all that providers answer, goes here."""

from generations.http.answers import Answer, Incoming
from generations.http.client import LARGEST_JSON, Client
from generations.http.deadline import Deadline
from generations.http.faults import BlockedAddress, Exchange
from generations.http.guard import Guard
from generations.http.requests import Request, json_request
from generations.http.transport import GuardedTransport

__all__ = [
    "LARGEST_JSON",
    "Answer",
    "BlockedAddress",
    "Client",
    "Deadline",
    "Exchange",
    "Guard",
    "GuardedTransport",
    "Incoming",
    "Request",
    "json_request",
]
