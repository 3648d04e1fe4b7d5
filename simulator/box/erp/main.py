"""The application: `python3 -m uvicorn app.main:app`."""

from __future__ import annotations

import html

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from . import health, jobs, logs, texts
from .middleware import RequestLog
from .routes import auth, ppic, qc, transfers, warehouse

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Quty Karunia ERP</title></head>
<body><h1>Quty Karunia ERP</h1><p>PPIC, cutting, sewing, finishing, warehouse and quality control.</p>
{said}
<form method="post" action="/api/v1/auth/login"><input name="username" placeholder="User">
<input name="password" type="password" placeholder="Password"><button>Sign in</button></form></body></html>
"""
ERRORS = frozenset({"wrong-password", "locked"})  # shown by the form when the sign-in is refused

logs.set_up()
app = FastAPI(title="Quty Karunia ERP", openapi_url=None, on_startup=[jobs.start], on_shutdown=[jobs.stop])
app.add_middleware(RequestLog)
for area in (auth, warehouse, ppic, transfers, qc):
    app.include_router(area.router, prefix="/api/v1")


@app.get("/", response_class=HTMLResponse)
async def page() -> str:
    lines = (
        f'<p id="{name}"{" hidden" * (name in ERRORS)}>{html.escape(said, quote=False)}</p>'
        for name, said in texts.texts().items()
    )
    return PAGE.format(said="\n".join(lines))


@app.get("/health")
async def health_report() -> JSONResponse:
    body = await health.report()
    return JSONResponse(body, status_code=200 if body["status"] == "healthy" else 503)


@app.get("/metrics")
def scrape() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
