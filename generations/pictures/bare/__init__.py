"""Files without anything but what is seen or heard of them, copied piece by piece.

Each module knows one kind of file: ``bare`` takes its bytes and returns them without metadata, with
the very same pixels, and raises Unreadable for a file that is not built as it should be.
"""


class Unreadable(ValueError):
    """The file is not built as its kind is."""
