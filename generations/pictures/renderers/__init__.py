"""What makes new pixels of a picture, in a child process with limits of time and memory."""
