"""Scores a drill: pure functions over its timeline, with no clock, no engine and no database."""
