"""How the picture tools draw. Imported where a tool runs, because numpy and Pillow are heavy."""
