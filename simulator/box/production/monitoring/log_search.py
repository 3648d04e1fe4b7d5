"""Log search: a page over the log index, served under /kibana."""

from __future__ import annotations

import html
import json
import os
from urllib.parse import SplitResult, parse_qs, quote
from urllib.request import urlopen

from .web import NOT_FOUND, Answer, listen

INDEX = os.environ.get("ELASTICSEARCH_HOSTS", "http://elasticsearch:9200")
PORT = 5601
TIMEOUT_S = 3
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>ERP logs</title><style>
body {{ font: 14px sans-serif; margin: 2em }} td {{ padding: .2em .8em; vertical-align: top }}
td:last-child {{ font-family: monospace; word-break: break-all }} input {{ width: 30em }}</style></head>
<body><h1>Logs</h1><form><input name="q" value="{words}" placeholder="words, for instance: exception backend">
<button>Search</button></form><p>{note}</p><table>{rows}</table></body></html>"""


def found(words: str) -> list[dict[str, str]]:
    """The index's newest lines with these words; raises OSError when it does not answer."""
    with urlopen(f"{INDEX}/_search?size=200&q={quote(words)}", timeout=TIMEOUT_S) as answer:
        return [hit["_source"] for hit in json.load(answer)["hits"]["hits"]]


def page(words: str) -> str:
    """The page with the lines found, or with the reason why there are none."""
    try:
        lines = found(words)
        note = f"{len(lines)} lines, newest first"
    except OSError as error:
        lines, note = [], f"The log index does not answer: {error}"
    fields = ("@timestamp", "container", "message")
    cells = ("".join(f"<td>{html.escape(line[field])}</td>" for field in fields) for line in lines)
    rows = "".join(f"<tr>{row}</tr>" for row in cells)
    return PAGE.format(words=html.escape(words), note=html.escape(note), rows=rows)


def search(url: SplitResult) -> Answer:
    """The page for the words that were asked for."""
    if url.path.rstrip("/") not in ("", "/kibana"):
        return NOT_FOUND
    return Answer(page(parse_qs(url.query).get("q", [""])[0]))


if __name__ == "__main__":
    listen("log search", PORT, search).wait()
