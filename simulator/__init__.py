"""Brings up the production server, runs the drill on it and keeps the record."""
