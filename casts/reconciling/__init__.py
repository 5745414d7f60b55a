"""Finding stuck casts, and repairing them through the engine: never by a tool call."""
