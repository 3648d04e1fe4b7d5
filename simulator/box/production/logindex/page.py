"""Log search: a page over the log index, served under /kibana."""

from __future__ import annotations

import html
import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from urllib.request import urlopen

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


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        known = url.path.rstrip("/") in ("", "/kibana")
        body = page(parse_qs(url.query).get("q", [""])[0]) if known else "not found"
        data = body.encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Page views are not news."""


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=ThreadingHTTPServer(("", PORT), Handler).serve_forever, daemon=True).start()
    print(f"log search listens on {PORT}")
    threading.Event().wait()


if __name__ == "__main__":
    main()
