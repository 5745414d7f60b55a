"""The adapter ``http``: any HTTP endpoint, through the guarded client."""

from generations.adapters.http.adapter import HttpAdapter

__all__ = ["HttpAdapter"]
