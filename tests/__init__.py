"""Mirrors the three packages; tests/docker runs on the real engine."""
