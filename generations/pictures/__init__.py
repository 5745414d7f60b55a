"""Pictures: what they look like from outside, and the copies that are made of them.

What the renderers' child imports from here must not import Django.
"""
