"""A server that notes what a fault does to it and answers with what a test says."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class FakeServer:
    """Stands for the production server, as faults.contract.Server has it."""

    done: list[str] = field(default_factory=list)
    says: str = ""
    free: float = 0.5
    running: bool = True

    def run(self, command: str, *, timeout_s: float = 60) -> str:
        """Notes the command."""
        self.done.append(command)
        return self.says

    def sql(self, statement: str) -> str:
        """Notes the statement."""
        self.done.append(statement)
        return self.says

    def control(self, *command: str) -> str:
        """Notes the command."""
        self.done.append(" ".join(command))
        return self.says

    def free_share(self) -> float:
        """What the test says."""
        return self.free

    def is_running(self, service: str) -> bool:
        """What the test says."""
        return self.running
