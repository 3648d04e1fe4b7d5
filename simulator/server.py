"""The production server as the host sees it, and the verbs that a fault may use."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any, Self

import docker
from docker.errors import NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from simulator import belongings, box_options, engine, flight, recipes
from simulator.engine import translated
from simulator.errors import CommandFailed, EngineGone, EngineProblem, UsageProblem
from simulator.errors import NotFound as NothingThere
from simulator.inside import LOST, LOST_REMEDY, MARK, Inside, answered, in_tar, whole
from simulator.wait import wait_until

testcontainers_config.ryuk_disabled = (
    True  # it removes containers with the process that made them; a drill outlives its command
)

PORTS = (22, 443)
DEEDS = ("say", "complain", "restart")
"""What the control half is asked to do, and must not do twice."""
ENGINE_WITHIN_S = 90.0
COMMAND_WITHIN_S = 180.0
PSQL = (
    "psql",
    "-h",
    "10.99.0.2",
    "-U",
    "postgres",
    "-d",
    "erp_quty_karunia_prod",
    "-qAt",
    "-v",
    "ON_ERROR_STOP=1",
)


class ProductionServer:
    """One drill's server: a container, its volume, and the two halves inside."""

    def __init__(self, client: docker.DockerClient, container: Any) -> None:
        """Use `start` or `find`."""
        self.client = client
        self.container = container
        self.inside = Inside(container)

    @classmethod
    def start(cls, drill_id: str) -> Self:
        """Start the drill's server, or find the one that was started before. Raises EngineProblem."""
        client = engine.connect()
        found = cls.find(drill_id, client)
        if found is not None:
            found.wake()
            return found
        name, labels = belongings.name(drill_id), belongings.labels(drill_id)
        with translated():
            client.volumes.create(name, labels=labels)
            box = (
                DockerContainer(recipes.reference(recipes.SERVER))
                .with_name(name)
                .with_volume_mapping(name, "/store", "rw")
                .with_volume_mapping(recipes.golden_volume(), "/golden", "ro")
                .with_kwargs(labels=labels, **box_options.options(client))
            )
            # only this machine may come in, through a port that is free
            box.ports.update({f"{port}/tcp": ("127.0.0.1", None) for port in PORTS})  # type: ignore[misc]
            box.start()
            return cls(client, box.get_wrapped_container())

    @classmethod
    def find(cls, drill_id: str, client: docker.DockerClient | None = None) -> Self | None:
        """The drill's server, running or not; None when there is none."""
        client = client or engine.connect()
        with translated():
            try:
                return cls(client, client.containers.get(belongings.name(drill_id)))
            except NotFound:
                return None

    @classmethod
    def existing(cls, drill_id: str) -> Self:
        """The drill's server. Raises NotFound with what to do."""
        found = cls.find(drill_id)
        if found is None:
            raise NothingThere(
                f"the server of {drill_id} is gone", "see `drill status`, or `drill score` for its card"
            )
        return found

    def wake(self) -> None:
        """Start the container again from its disk if it was killed; returns when it watches."""
        if self.is_up():
            return
        with translated():
            self.container.start()
        if not wait_until(self._watches, within_s=ENGINE_WITHIN_S):
            raise EngineProblem("the server was started again and does not boot", "run `drill doctor`")

    def _watches(self) -> bool:
        """Whether the control half answers the referee."""
        try:
            self.ask("incident")
        except (EngineProblem, UsageProblem):
            return False
        return True

    def is_up(self) -> bool:
        """Whether the container runs."""
        with translated():
            self.container.reload()
        return bool(self.container.status == "running")

    def flight_record(self, after: str | None) -> Iterator[flight.Line]:
        """The facts since the position `after`; ends when the container does."""
        since = int(flight.seconds(after)) if after else None
        with translated():
            frames = self.container.logs(
                stream=True, follow=True, timestamps=True, stdout=True, stderr=False, since=since
            )
            yield from flight.lines(frames, after)

    def ask(self, verb: str, question: dict[str, Any] | str | None = None) -> Any:
        """The control half's answer to the referee. Raises UsageProblem with its words when it refuses."""
        if verb in DEEDS:
            told = self._ask(verb, question)
            if not told:
                raise EngineGone(LOST, LOST_REMEDY)
            return json.loads(told)
        return json.loads(answered(lambda: self._ask(verb, question)))

    def _ask(self, verb: str, question: dict[str, Any] | str | None) -> str:
        paper = f"ask-{uuid.uuid4().hex}.json"
        with translated():
            self.container.put_archive("/tmp", in_tar(paper, json.dumps(question).encode()))
        command = f"python3 -m control.ask {verb} < /tmp/{paper}; code=$?; rm /tmp/{paper}; exit $code"
        try:
            return self.inside.control("sh", "-c", command, timeout_s=120)
        except CommandFailed as error:
            refusal = re.fullmatch(r'\{"error": (".*")\}', error.output.strip())
            if refusal is None:
                raise
            raise UsageProblem(json.loads(refusal[1]), "correct it, then repeat the command") from error

    def await_engine(self) -> None:
        """Wait for the production half's own engine. Raises EngineProblem."""
        if not wait_until(lambda: self.inside.succeeds("docker info"), within_s=ENGINE_WITHIN_S):
            with translated():
                told = self.container.logs(tail=3).decode(errors="replace")
            raise EngineProblem(f"the server does not boot: {told}", "run `drill doctor`")

    def welcome(self, members: tuple[str, ...], public_key: str) -> None:
        """Give each member an account that may do what the runbook types."""
        for member in members:
            self.run(f"id {member} >/dev/null 2>&1 || useradd -o -u 0 -g 0 -m -s /bin/bash {member}")
            keys = f"/home/{member}/.ssh/authorized_keys"
            self.run(f"install -D -m 600 /dev/stdin {keys} <<< '{public_key}'")

    def type_as(self, member: str, command: str) -> str:
        """What a command prints in this member's login shell. Raises CommandFailed."""
        return self.control("python3", "-m", "control.enter", "--as", member, "bash", "-lc", command)

    def clock(self) -> float:
        """The engine's time, in seconds since the epoch."""
        return float(answered(lambda: self.control("date", "+%s.%N")))

    def port(self, inner: int) -> int:
        """The host's port of the server's port. Raises NotFound when it has none."""
        with translated():
            self.container.reload()
        bound = self.container.ports.get(f"{inner}/tcp")
        if not bound:
            raise NothingThere(
                f"the server's port {inner} is not published", "is it running? see `drill status`"
            )
        return int(bound[0]["HostPort"])

    # The verbs that a fault may use (faults.contract.Server).

    def run(self, command: str, *, timeout_s: float = 60) -> str:
        """What `command` prints as root in /opt/erp of the production half. Raises CommandFailed."""
        return self.inside.run(command, timeout_s=timeout_s)

    def sql(self, statement: str) -> str:
        """What the statement returns, a row a line, columns split by `|`."""
        return whole(self.control(*PSQL, "-c", statement, "-c", rf"\echo -n '{MARK}'")).strip()

    def free_share(self) -> float:
        """The free share of the server's disk, 0 to 1."""
        told = answered(lambda: self.control("stat", "-f", "-c", "%b %a", "/disk"))
        blocks, free = told.split()
        return int(free) / int(blocks)

    def is_running(self, service: str) -> bool:
        """Whether the service's container runs, by the engine's own answer."""
        return bool(self.ask("runs", service))

    def control(self, *command: str) -> str:
        """What a command prints in the control half."""
        return self.inside.control(*command, timeout_s=COMMAND_WITHIN_S)

    def restart(self, services: tuple[str, ...]) -> None:
        """Restart services once, as the referee does to see whether the cure lasts. Raises UsageProblem."""
        for service in services:
            self.ask("restart", service)
