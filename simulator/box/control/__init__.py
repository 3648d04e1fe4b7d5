"""The control half: PID 1 of the drill's container, and all that judges from outside."""
