"""The faults as data: what can be said of them without an engine."""
