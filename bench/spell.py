"""The spell that is measured: three steps of a trivial tool."""

from typing import Any

STEPS = 3
CHAIN: dict[str, Any] = {
    "slug": "bench-chain",
    "name": "Bench chain",
    "inputs": {"type": "object", "properties": {}},
    "steps": [
        {"key": "a", "tool": "text.template", "inputs": {"template": "a"}},
        {"key": "b", "tool": "text.template", "inputs": {"template": "${{ steps.a.text }}b"}},
        {"key": "c", "tool": "text.template", "inputs": {"template": "${{ steps.b.text }}c"}},
    ],
    "outputs": {"text": "${{ steps.c.text }}"},
}
