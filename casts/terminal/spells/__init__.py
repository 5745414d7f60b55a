"""What the command `spell` shows: on a terminal for people, else as plain lines."""
