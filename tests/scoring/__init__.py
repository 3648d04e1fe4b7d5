"""The scoring package's tests: one file for each of its files."""
