"""One tool in each file; every module here is imported when the adapter is made."""
