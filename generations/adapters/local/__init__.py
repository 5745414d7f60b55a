"""The tools that run on this machine: the adapter, and what a tool is made of.

A tool is one class in one file of ``tools/``; see the README.
"""

from generations.adapters.local.adapter import LocalAdapter
from generations.adapters.local.tool import LocalTool, register
from generations.adapters.local.values import Artifact, Colour, Seed, Values

__all__ = ["Artifact", "Colour", "LocalAdapter", "LocalTool", "Seed", "Values", "register"]
