"""The simulator without an engine: store, commands, screen, errors, doctor, documentation."""
