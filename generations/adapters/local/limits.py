"""What a local tool may take and give back."""

MIB = 1024 * 1024

MAX_ANSWER_BYTES = 2 * MIB
"""Of one message from the child, so also of all outputs together."""

MAX_REQUEST_BYTES = 8 * MIB
"""Of one message to the child."""

MAX_FILES = 20
MAX_FILE_BYTES = 50 * MIB
MAX_TEXT = 8_000
"""Characters of an error's message or body."""

MAX_TRACE = 16_000
"""Characters of a trace, and bytes of what a tool wrote to stderr; the ends are kept."""

MAX_PIXELS = 32 * MIB
"""Of a picture that is read; a larger one counts as a decompression bomb."""
