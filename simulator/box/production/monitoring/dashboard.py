"""The dashboard "API Performance": the last 15 minutes from Prometheus as charts, served under /grafana."""

from __future__ import annotations

import html
import json
import math
import os
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode
from urllib.request import urlopen

from .web import NOT_FOUND, Answer, listen

PROMETHEUS = os.environ.get("PROMETHEUS_URL", "http://prometheus:9090")
PORT = 3000
TIMEOUT_S = 3
SPAN_S, STEP_S = 900, 5
WIDTH, HEIGHT = 620, 140
COLOURS = ("#3274d9", "#e0752d", "#c4162a")
TRAFFIC = 'route!~"/health|/metrics"'
BUCKETS = f"sum by (le) (rate(http_request_duration_seconds_bucket{{{TRAFFIC}}}[30s]))"
ERRORS = f'sum(rate(http_requests_total{{status=~"5..",{TRAFFIC}}}[30s])) or vector(0)'


@dataclass(frozen=True)
class Panel:
    """A chart: its title with the unit, and a query for each line."""

    title: str
    lines: tuple[tuple[str, str], ...]


PANELS = (
    Panel("Requests per second", (("all", f"sum(rate(http_requests_total{{{TRAFFIC}}}[30s]))"),)),
    Panel("Failed requests per second", (("5xx", ERRORS),)),
    Panel(
        "Response time (s)",
        tuple((f"p{share}", f"histogram_quantile({share / 100}, {BUCKETS})") for share in (50, 95, 99)),
    ),
    Panel("Database connections", (("in use", "db_pool_checked_out"), ("at most", "db_pool_capacity"))),
    Panel("Backend's memory (MB)", (("resident", 'process_resident_memory_bytes{job="backend"} / 1e6'),)),
)
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10">
<title>API Performance</title><style>body {{ font: 14px sans-serif; margin: 2em; background: #f4f5f8 }}
figure {{ display: inline-block; margin: 0 1em 1em 0; background: #fff; padding: .7em }}</style></head>
<body><h1>API Performance</h1><p>The last 15 minutes, until {now} UTC</p>{charts}</body></html>"""


def values(query: str, now: float) -> list[tuple[float, float]]:
    """Time and value of the query's first series; raises OSError when Prometheus does not answer."""
    span = urlencode({"query": query, "start": now - SPAN_S, "end": now, "step": STEP_S})
    with urlopen(f"{PROMETHEUS}/api/v1/query_range?{span}", timeout=TIMEOUT_S) as answer:
        series = json.load(answer)["data"]["result"]
    points = [(float(moment), float(value)) for moment, value in series[0]["values"]] if series else []
    return [point for point in points if math.isfinite(point[1])]


def _path(points: list[tuple[float, float]], now: float, top: float, colour: str) -> str:
    """The points as one line of the chart; a gap in time is a gap in the line."""
    parts = []
    previous = -math.inf
    for moment, value in points:
        x, y = WIDTH * (1 - (now - moment) / SPAN_S), HEIGHT * (1 - value / top)
        parts.append(f"{'L' if moment - previous <= 2 * STEP_S else 'M'}{x:.1f} {y:.1f}")
        previous = moment
    return f'<path d="{"".join(parts)}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def chart(panel: Panel, now: float) -> str:
    """The panel as a figure, with the latest values in its caption."""
    try:
        lines = [(name, values(query, now)) for name, query in panel.lines]
    except OSError as error:
        return f"<figure><b>{panel.title}</b><p>No answer from Prometheus: {html.escape(str(error))}</figure>"
    top = max((value for _, points in lines for _, value in points), default=0) * 1.1 or 1
    drawn = "".join(_path(p, now, top, colour) for (_, p), colour in zip(lines, COLOURS, strict=False))
    legend = ", ".join(
        f'<span style="color:{colour}">{name} {f"{points[-1][1]:.3g}" if points else "no data"}</span>'
        for (name, points), colour in zip(lines, COLOURS, strict=False)
    )
    box = f'<svg width="{WIDTH}" height="{HEIGHT}" style="border:1px solid #ddd">{drawn}</svg>'
    return f"<figure><b>{panel.title}</b> (0 to {top:.3g})<br>{box}<br>{legend}</figure>"


def dashboard(url: SplitResult) -> Answer:
    """The page with every chart, under each of the paths by which Grafana's is known."""
    if url.path.rstrip("/") not in ("", "/grafana", "/grafana/d/api-performance"):
        return NOT_FOUND
    now = time.time()
    clock = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now))
    return Answer(PAGE.format(now=clock, charts="".join(chart(panel, now) for panel in PANELS)))


if __name__ == "__main__":
    listen("dashboard", PORT, dashboard).wait()
