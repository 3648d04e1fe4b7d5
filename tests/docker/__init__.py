"""On the real engine: the law of the faults, whole drills, and what is left of them."""
