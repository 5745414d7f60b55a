"""Pages of files, for people who are signed in."""
