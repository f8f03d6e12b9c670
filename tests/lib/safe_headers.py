#!/usr/bin/env python3
"""The headers that keep a browser safe, on answers of every kind: safe_headers.py URL

The server knows an index "app". Each answer of the table must have the status that stands there, each of the headers
once, none that lets other sites read it, and no more storing than its row allows.
"""
import json
import socket
import sys

url = sys.argv[1]
address = (url[7:].rsplit(":", 1)[0], int(url.rsplit(":", 1)[1]))
WANTED = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                               "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
                               "require-trusted-types-for 'script'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
JSON, TEXT = "application/json; charset=utf-8", "text/plain; charset=utf-8"
failures = []


def head_of(request):
    if isinstance(request, str):
        request = request.encode("latin-1")
    with socket.create_connection(address, 10) as one:
        one.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            got = one.recv(4096)
            if not got:
                break
            answer += got
    lines = answer.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = [(line.split(": ", 1)[0].lower(), line.split(": ", 1)[1]) for line in lines[1:]]
    return int(lines[0].split(" ")[1]), headers


def check(name, request, status, content_type=None, cache="no-store", more={}):
    got, headers = head_of(request)
    values = {}
    for key, value in headers:
        values.setdefault(key, []).append(value)
    wanted = {**WANTED, "cache-control": cache, **more}
    if content_type:
        wanted["content-type"] = content_type
    problems = ["%s: %s" % (key, values.get(key)) for key, value in wanted.items() if values.get(key) != [value]]
    problems += [key for key in values if key.startswith("access-control-") or key in ("set-cookie", "server", "x-powered-by")]
    if got != status:
        problems.append("status %d, not %d" % (got, status))
    if problems:
        failures.append("%s: %s" % (name, "; ".join(problems)))


def get(path, *headers, method="GET", body=""):
    lines = ["%s %s HTTP/1.1" % (method, path), "Host: localhost", "Connection: close", *headers]
    if body:
        lines.append("Content-Length: %d" % len(body))
    return "\r\n".join(lines) + "\r\n\r\n" + body


def attachment(name):
    return {"content-disposition": 'attachment; filename="%s"' % name}


as_json = "Content-Type: application/json"
kept = "public, max-age=31536000, immutable"
page = head_of(get("/grep/"))
tag = dict(page[1])["etag"]
version = dict(page[1])["link"].split("static/")[1].split("/")[0]
for method in ("GET", "HEAD"):
    for row in [
        ("/", 302), ("/grep/", 200, "text/html; charset=utf-8", "no-cache"), ("/grep/app/", 200, "text/html; charset=utf-8", "no-cache"),
        ("/grep/app", 308, JSON), ("/static/favicon.svg", 200, "image/svg+xml", "no-cache"), ("/favicon.ico", 200, "image/svg+xml", "no-cache"),
        ("/static/%s/favicon.svg" % version, 200, "image/svg+xml", kept), ("/static/nothing", 404, JSON), ("/grep/shortcut/request/x/", 302),
        ("/healthz", 200, TEXT), ("/metrics", 200, "text/plain; version=0.0.4; charset=utf-8"), ("/collector/sphinx.conf", 200, TEXT),
        ("/api/", 200, JSON), ("/api/collector/indices/", 200, JSON), ("/api/grep/app/", 200, JSON), ("/api/event/app/1/", 200, JSON),
        ("/api/context/app/1/", 200, JSON), ("/api/count/app/", 200, JSON), ("/api/histogram/app/", 200, JSON), ("/api/fields/app/", 200, JSON),
        ("/api/fields/app/host/", 200, JSON), ("/api/gaps/app/", 200, JSON), ("/api/saved/app/", 200, JSON),
        ("/api/progress/0123456789abcdef/", 200, JSON), ("/api/tail/app/", 200, "text/event-stream; charset=utf-8"),
        ("/api/export/app/", 200, TEXT, "no-store", attachment("app.txt")), ("/api/export/app/?format=json", 200, TEXT, "no-store", attachment("app.ndjson")),
        ("/api/export/app/?format=csv", 200, TEXT, "no-store", attachment("app.csv")),
        ("/api/grep/none/", 404, JSON), ("/api/grep/app/?q=/(/", 400, JSON), ("/api/grep/app/?limit=0", 400, JSON), ("/nothing", 404, JSON),
        ("/%00", 400, JSON), ("/..", 400, JSON), ("/" + "a" * 600, 414, JSON), ("/api/event/app/x/", 404, JSON),
    ]:
        check("%s %s" % (method, row[0]), get(row[0], method=method), *row[1:])
saved = json.dumps({"name": "of headers", "link": "q=x"})
for name, request, status in [
    ("another host", get("/grep/").replace("localhost", "evil.example"), 421),
    ("another origin", get("/api/grep/app/", "Origin: http://evil.example"), 403),
    ("another site", get("/api/grep/app/", "Sec-Fetch-Site: cross-site"), 403),
    ("a preflight", get("/api/grep/app/", "Origin: http://evil.example", "Access-Control-Request-Method: GET", method="OPTIONS"), 415),
    ("a form", get("/api/saved/app/", "Content-Type: text/plain", method="POST", body=saved), 415),
    ("what cannot be changed", get("/api/grep/app/", as_json, method="POST", body="{}"), 405),
    ("saving", get("/api/saved/app/", as_json, method="POST", body=saved), 200),
    ("deleting", get("/api/saved/app/of%20headers/", as_json, method="DELETE"), 200),
    ("deleting again", get("/api/saved/app/of%20headers/", as_json, method="DELETE"), 404),
    ("a body too long", get("/api/saved/app/", as_json, method="POST", body="x" * 70000), 413),
    ("ranges", get("/grep/", "Range: bytes=0-1"), 416), ("chunks", get("/grep/", "Transfer-Encoding: chunked", method="POST"), 411),
    ("too many headers", get("/grep/", *["X-%d: y" % i for i in range(70)]), 431), ("a head too long", get("/grep/", "X: " + "y" * 17000), 431),
    ("an unknown method", get("/grep/", method="BREW"), 405), ("noise", b"\x16\x03\x01\x02\r\n\r\n", 400),
]:
    check(name, request, status, JSON)
check("what is known", get("/grep/", "If-None-Match: " + tag), 304, None, "no-cache")
print("\n".join(failures) or "all there")
sys.exit(1 if failures else 0)
