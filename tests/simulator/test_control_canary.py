"""The canary: what the machine itself does to time is told apart from what the ERP does."""

from __future__ import annotations

import threading
import time

from simulator.box.control.canary import Canary, Stalls
from tests.simulator.control_fakes import Facts, wait_for


def test_a_machine_with_no_time_for_us_is_a_stall() -> None:
    """Work that takes many times as long as it must is recorded; what failed then is dropped."""
    facts, stop = Facts(), threading.Event()
    stalls = Stalls(facts.record)

    def spin() -> None:
        while not stop.is_set():
            pass

    # Threads of one interpreter take turns as processes on a crowded machine do.
    threads = [*Canary(stalls, stop).threads, *(threading.Thread(target=spin) for _ in range(20))]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: len(facts.all("unobserved")) > 1)
        assert stalls.touch(began)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
