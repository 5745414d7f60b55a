"""The pages of a cast: what they show, and the live page."""
