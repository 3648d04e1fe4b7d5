"""The new release leaks memory: a restart helps for a minute (`high-memory`, expert)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from faults.compose_edit import without_memory_limit
from faults.contract import Level, Server, WrongRemedy
from faults.high_memory import HighMemory

WORKSHOP = "/root/release"
RELEASE, BEFORE = 2, 1
KEEPS = (
    ("audit", "the stock levels that each request was answered with"),
    ("replay", "what each request saw, to play it again"),
    ("compare", "the levels before and after each request"),
)
PAGES_GROWN = 2_000
"""Memory pages of 4 KiB in MEASURED_S: the leak takes about 20 MB a second, a healthy backend none."""
MEASURED_S = 4
RESIDENT = "docker exec erp-backend cut -d' ' -f2 /proc/1/statm"
GROWN = f"a=$({RESIDENT}) && sleep {MEASURED_S} && b=$({RESIDENT}) && echo $((b - a))"
THE_RELEASE = (
    *("new release", "bad release", "bad deploy", "bad version", "last release", "latest release"),
    *("this release", "release 2", "the release", "release of today", "today's release", "new version"),
    *("last version", "latest version", "version 2", "version deployed", "deployed release"),
    *("deployed version", "new code"),
    *("code change", "middleware"),
    *("last deploy", "latest deploy", "new deploy", "recent deploy", "today's deploy", "the deployment"),
    *("since the deploy", "after the deploy", "with the deploy", "deployed today", "last rollout"),
    *("latest rollout", "the rollout", "new build", "rolled back", "rollback"),
)
"""What keeps it; more memory for a deployment is none."""
KEPT_BY = (
    *("leak", "keep", "kept", "never free", "not free", "doesn't free", "store", "hold", "held", "remember"),
    *("append", "collect", "accumulat", "pile", "list", "grow", "grew", "climb", "rose", "goes up"),
    *("went up", "eat", "ate", "request"),
)
"""How; a limit that is too low is none."""


class HighMemoryExpert(HighMemory):
    """A deployment whose middleware keeps something of every request."""

    level: ClassVar[Level] = "expert"
    title = "The backend's new release leaks memory with every request"
    skills = (
        "How to read Docker logs",
        "How to debug application errors",
        "How to execute rollback procedure",
        "Root cause analysis technique",
    )
    cause_terms = (("memory", "RAM", "OOM", "leak"), THE_RELEASE, KEPT_BY)
    cause_example = "The new release leaked memory with every request, so the deployment was rolled back."
    remedy = (
        "docker stats erp-backend --no-stream",
        'docker-compose logs backend | grep -i "memory" | tail -20',
        "cat /opt/erp/.git/logs/HEAD | tail -20",
        "bash /opt/erp/deploy.sh releases",
        "bash /opt/erp/deploy.sh rollback",
        "docker stats erp-backend --no-stream",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "by-hand": (
            f"sed -i 's/^ERP_RELEASE=.*/ERP_RELEASE={BEFORE}/' .env",
            "docker-compose up -d backend",
        ),
        "deploy-the-old-one": (f"bash /opt/erp/deploy.sh deploy {BEFORE}",),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart": WrongRemedy("the release leaks again", ("docker-compose restart backend",)),
        "recreate": WrongRemedy(
            "the release leaks again", ("docker-compose up -d --force-recreate backend",)
        ),
        "remove-limit": without_memory_limit(),
        "deploy-again": WrongRemedy(
            "it is the same release",
            (f"bash /opt/erp/deploy.sh deploy {RELEASE}", "docker-compose restart backend"),
        ),
    }
    symptom_within_s = 150
    hold_s = 60
    least_hold_s = 15

    def inject(self, server: Server) -> None:
        """Build a release as a developer would, and deploy it with the server's own script."""
        name, what = self.random.choice(KEEPS)
        entries = self.random.choice((50_000, 60_000, 70_000))
        server.run(
            f"""set -e
            mkdir -p {WORKSHOP} && cd {WORKSHOP}
            made=$(docker create erp/stack:{BEFORE} true)
            docker cp $made:/app/middleware.py . && docker rm $made >/dev/null
            sed -i -e 's/^import logging$/import logging\\nfrom array import array/' \\
                -e 's/^LOG = .*/&\\n_LEVELS = array("q", range({entries}))\\n_{name} = []  # {what}/' \\
                -e 's/^\\( *\\)start = time.perf_counter()$/&\\n\\1_{name}.append(_LEVELS[:])/' \\
                middleware.py
            printf 'FROM erp/stack:{BEFORE}\\nCOPY middleware.py /app/middleware.py\\n' > Dockerfile
            docker build -q -t erp/stack:{RELEASE} . >/dev/null
            cd /opt/erp && rm -rf {WORKSHOP}
            bash deploy.sh deploy {RELEASE} 2>/dev/null
            """
        )

    def cause(self, server: Server) -> bool:
        """Whether the backend's memory grows, request by request."""
        return int(server.run(GROWN)) > PAGES_GROWN

    def heal(self, server: Server) -> None:
        """The release before, and the leaking one gone."""
        server.run(
            f"sed -i 's/^ERP_RELEASE=.*/ERP_RELEASE={BEFORE}/' .env && docker-compose up -d backend 2>&1 && "
            f"(docker rmi -f erp/stack:{RELEASE} 2>&1 || true)"
        )
