"""The commands of `drill`, grouped by who needs them. Each parses, calls and shows; nothing more."""
