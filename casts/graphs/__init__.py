"""A spell drawn as a graph: its inputs, its steps and what they wait for, its outputs.

Pure: a definition in, the text of an SVG out; the same definition gives the same bytes.
"""

from casts.graphs.picture import svg_of
from casts.graphs.style import Theme

__all__ = ["Theme", "svg_of"]
