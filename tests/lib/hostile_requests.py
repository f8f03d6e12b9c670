#!/usr/bin/env python3
"""Attacks on the HTTP interface of an alco-httpd, as a table: hostile_requests.py URL PID OPEN_TOKEN SECRET

The bearer of OPEN_TOKEN may read the index "app", nobody the index "private", whose one line holds SECRET. No answer may
hold SECRET, none may have a header that the request brought in, each must come within its time and be what the table says.
Exit 0: it stood.
"""
import json
import os
import re
import socket
import subprocess
import sys
import time
from urllib.parse import quote

url, pid, token, secret = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode(), sys.argv[4].encode()
address = (url[7:].rsplit(":", 1)[0], int(url.rsplit(":", 1)[1]))
failures = []


def rss():
    """KiB in memory."""
    return int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True).stdout or 0)


def deepest_stack():
    """KiB of a worker's stack (1 MiB, with its guard page) that were ever used; 0: there is no such stack."""
    deepest, guard, size = 0, False, 0
    with open("/proc/%d/smaps" % pid) as maps:
        for line in maps:
            if re.match("[0-9a-f]+-", line):
                guard, own = line.split()[1] == "---p", guard and line.split()[1] == "rw-p"
            elif line.startswith("Size:"):
                size = int(line.split()[1])
            elif line.startswith("Rss:") and own and size in (1020, 1024):
                deepest = max(deepest, int(line.split()[1]))
    return deepest


def send(data, seconds=15):
    """Everything that comes back until the server closes, or is silent for a moment."""
    answer = b""
    with socket.create_connection(address, seconds) as one:
        try:
            one.sendall(data)
            one.settimeout(seconds)
            while True:
                got = one.recv(65536)
                if not got:
                    break
                answer += got
                one.settimeout(0.3 if b"\r\n\r\n" in answer and b"Connection: close" not in answer else seconds)
        except OSError:
            pass
    return answer


def request(target, *headers, method=b"GET", body=b"", who=True):
    lines = [method + b" " + (target if isinstance(target, bytes) else target.encode()) + b" HTTP/1.1",
             b"Host: localhost", b"Connection: close"]
    if who:
        lines.append(b"Authorization: Bearer " + token)
    lines += [h if isinstance(h, bytes) else h.encode("latin-1") for h in headers]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def statuses(answer):
    return [int(s) for s in re.findall(rb"HTTP/1\.1 (\d\d\d) [A-Z]", answer)]


def check(name, data, wanted, seconds=5):
    """wanted: a status, a set of them, or a list: the statuses of the answers one after the other."""
    begin = time.monotonic()
    answer = send(data)
    took = time.monotonic() - begin
    got = statuses(answer)
    head = answer.split(b"\r\n\r\n")[0]
    problem = None
    if secret in answer:
        problem = "told the secret"
    elif re.search(rb"(?mi)^(set-cookie|x-injected):", head):
        problem = "has a header of the attacker"
    elif isinstance(wanted, list) and got != wanted:
        problem = "answered %s, not %s" % (got, wanted)
    elif isinstance(wanted, set) and (len(got) != 1 or got[0] not in wanted):
        problem = "answered %s, not one of %s" % (got, sorted(wanted))
    elif isinstance(wanted, int) and got != [wanted]:
        problem = "answered %s, not %d" % (got, wanted)
    elif got and b"X-Content-Type-Options: nosniff" not in head:
        problem = "lacks the headers that keep a browser safe"
    elif took > seconds:
        problem = "took %.1f s" % took
    if problem:
        failures.append("%s: %s" % (name, problem))
        print("FAILED %s: %s\n  %r" % (name, problem, answer[:300]))


# Names that lead out of their folder, or to the other index by another spelling.
refused = {400, 401, 403, 404, 405, 414}
paths = ["..", ".", "../private", "..%2fprivate", "%2e%2e%2fprivate", "%2e%2e/private", "..%252fprivate", "%252e%252e%252f",
         "app%2f..%2fprivate", "app/../private", "app/..%2fprivate", "app%00", "app%00private", "private%00", "..%5cprivate",
         "..\\private", "%c0%ae%c0%ae%2fprivate", "%e0%80%ae%e0%80%ae/", "%uff0e%uff0e", "%ef%bc%8e%ef%bc%8e", "PRIVATE", "Private",
         "%50rivate", "private%20", "%20private", "private.", "private%2e", "private;x=1", "private%3b", "private%3f", "private%23",
         "private%0a", "private%0d%0a", "%0aprivate", "private%09", ".consume", "catalogue.db", "%2ealco", "private%2f20261122",
         "app,private", "app%2cprivate", "app|private", "app%7cprivate", "*", "%2a", "p*", "{private}", "private'", "private%27--",
         "app%27%20or%201=1", "%F0%9F%98%80", "%ff", "%", "%2", "%zz", "a" * 200, "-app", "_app", "con", "~", "$HOME", "`id`"]
for path in paths:
    for api in ("grep", "count", "export", "tail", "fields", "histogram", "gaps", "saved"):
        check("index %s of %s" % (path, api), request("/api/%s/%s/" % (api, path)), refused if api != "fields" else refused | {200})
for path in ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "%2fetc%2fpasswd", ".git/config",
             "js/../../../etc/passwd", "js%2f..%2f..%2f..%2fetc%2fpasswd", "....//etc/passwd", "..;/etc/passwd", "js/api.js%00.html"]:
    check("file " + path, request("/static/" + path), refused)
check("the store's files", request("/api/event/app/..%2f..%2fprivate/"), refused)
check("a field as a path", request("/api/fields/app/..%2f..%2fprivate/"), {200, 404, 400})

# The other index by a path that two programs could read in two ways.
for target in ["/api/grep/private/", "/API/grep/private/", "/api/GREP/private/", "/api//grep/private/", "//api/grep/private/",
               "/api/./grep/private/", "/x/../api/grep/private/", "/healthz/../api/grep/private/", "/healthz/..%2fapi/grep/private/",
               "/healthz%2f..%2fapi/grep/private/", "/healthz;/api/grep/private/", "/healthz?/api/grep/private/", "/api/grep/private",
               "/api/grep/private/?index=app", "/api/grep/app/?index=private", "/api/grep/app/%2e%2e/private/", "/api%2fgrep%2fprivate%2f",
               "/%61pi/grep/private/", "/api/grep/private/%00", "/api/grep/private/.", "/api/context/private/1/", "/api/event/private/1/",
               "/grep/shortcut/private/", "/collector/sphinx.conf", "/collector/../api/grep/private/"]:
    for override in [[], ["X-HTTP-Method-Override: DELETE"], ["X-Forwarded-Prefix: /api/grep/private"]]:
        check("read %s %s" % (target, override), request(target, *override), {200, 308, 400, 404})
        check("nobody reads %s %s" % (target, override), request(target, *override, who=False), {200, 400, 401, 404, 429})
for method in (b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"CONNECT", b"get", b"GETS", b"\x00GET"):
    check("%r" % method, request("/api/grep/app/", method=method), {400, 403, 404, 405, 415})

# One request that another program would read as two. The second asks for what nobody may read; where it is answered at
# all, it is answered for who sent it.
hidden = b"GET /api/grep/private/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
for name, data, wanted in [
    ("length and chunks", b"POST /api/saved/app/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, [411]),
    ("chunks and length", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden, [411]),
    ("chunked twice", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden, [411]),
    ("chunked with a tab", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n" + hidden, [411]),
    ("chunked with VT", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + hidden, [400]),
    ("a blank before the colon", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden, [400]),
    ("two lengths", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 60\r\n\r\n" + hidden, [400]),
    ("a list of lengths", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 60\r\n\r\n" + hidden, [400]),
    ("a signed length", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n" + hidden, [400]),
    ("an octal length", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x10\r\n\r\n" + hidden, [400]),
    ("GET with a body", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n" + hidden, [400]),
    ("a body longer than said", b"POST /api/saved/app/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}" + hidden, [415]),
    ("two hosts", b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n" + hidden, [400]),
    ("upgrade", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n" + hidden, [200, 401]),
    ("pipelined", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" + hidden, [200, 401]),
    ("behind a known one", b"GET /api/count/app/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + b"\r\n\r\n" + hidden, [200, 401]),
    ("a line feed in the target", b"GET /healthz\nHost: localhost HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
    ("HTTP/0.9", b"GET /api/grep/private/\r\n\r\n", [400]),
]:
    answer = send(data)
    got = statuses(answer)
    # throttled after too many wrong names: still no answer
    got = [401 if status == 429 else status for status in got]
    if got != wanted or secret in answer:
        failures.append(name)
        print("FAILED smuggling, %s: answered %s, not %s" % (name, got, wanted))

# Text of a request in an answer's head.
for text in ("%0d%0aSet-Cookie:%20a=b", "%0d%0aX-Injected:%20b", "%e5%98%8a%e5%98%8dSet-Cookie:a", "a%0aX-Injected:b", "%22%3e%3cscript%3e"):
    for target in ("/grep/shortcut/request/%s/" % text, "/api/grep/%s" % text, "/grep/%s" % text, "/grep/app/?q=" + text,
                   "/api/export/app/?format=text&q=" + text, "/api/export/app/?format=csv&cols=" + text, "/api/grep/app/?cols=" + text,
                   "/grep/shortcut/request/x/?%s=%s" % (text, text), "/api/fields/app/%s/" % text, "/static/" + text):
        check("into a head: " + target, request(target), {200, 302, 304, 308, 400, 404})

# Too much of something: answered or refused soon, in memory that stays.
before = rss()
many = "&".join("f%d=x" % i for i in range(400))
for name, target in {
    "deep brackets": "/api/grep/app/?q=" + "(" * 3000, "many words": "/api/grep/app/?q=" + "+OR+".join("w%d" % i for i in range(500)),
    "a regular expression that grows": "/api/grep/app/?q=/" + quote("((a{1,100}){1,100}){1,100}") + "/",
    "one that backtracks elsewhere": "/api/grep/app/?q=/" + quote("(a+)+$") + "/",
    "a long class": "/api/grep/app/?q=/" + quote("[" + "a-z" * 900 + "]") + "/", "many nots": "/api/grep/app/?q=" + "not+" * 900 + "x",
    "many columns": "/api/grep/app/?cols=" + ",".join("c%d" % i for i in range(600)), "many parameters": "/api/grep/app/?" + many,
    "a huge limit": "/api/grep/app/?limit=999999999999999999999", "a negative limit": "/api/grep/app/?limit=-1",
    "a huge context": "/api/grep/app/?q=line&C=999999999", "a huge offset": "/api/grep/app/?offset=99999999999",
    "times at the end of time": "/api/histogram/app/?since=0001-01-01&until=9999-12-31", "a time that is none": "/api/grep/app/?since=1e308",
    "many buckets": "/api/histogram/app/?buckets=1000000000", "buckets of a nanosecond": "/api/histogram/app/?since=2026-01-01&until=2026-12-31&width=1ns",
    "a cursor of noise": "/api/grep/app/?cursor=" + "%41" * 1000, "an id of noise": "/api/context/app/99999999999999999999999/",
    "a zone that is a path": "/api/grep/app/?tz=../../../../etc/passwd", "a zone that is long": "/api/grep/app/?tz=" + "A" * 3000,
    "a ticket that is a path": "/api/progress/..%2f..%2fetc%2fpasswd/", "__proto__": "/api/fields/app/__proto__/?constructor=1&__proto__=2",
    "an old filter": "/api/grep/app/?host__in=" + ",".join("h%d" % i for i in range(700)),
}.items():
    check(name, request(target), {200, 400, 404, 414}, seconds=12)
for name, body in {"deep JSON": b"[" * 60000, "a long name": json.dumps({"name": "n" * 60000, "link": ""}).encode(), "no JSON": b"\xff" * 1000,
                   "a name twice": b'{"name":"a","name":"b","link":""}', "a name as path": b'{"name":"../../x","link":"javascript:1"}'}.items():
    check("saving " + name, request("/api/saved/app/", "Content-Type: application/json", method=b"POST", body=body), {400, 403, 413})
grown = rss() - before
if grown > 64 * 1024:
    failures.append("memory grew by %d KiB" % grown)

try:
    os.kill(pid, 0)
    alive = send(request("/api/count/app/"))
    if statuses(alive) != [200]:
        failures.append("does not serve afterwards: %r" % alive[:200])
except OSError:
    failures.append("the server is dead")
# Who one is: by case, encoding, other headers, twice. Last, since wrong names are throttled.
for name, headers in {
    "nobody": [], "an empty token": ["Authorization: Bearer "], "a token cut": [b"Authorization: Bearer " + token[:-1]],
    "a token in another case": [b"Authorization: Bearer " + token.swapcase()], "a hash as token": ["Authorization: Bearer " + "0" * 64],
    "two authorizations": [b"Authorization: Bearer " + token, "Authorization: Basic eDp5"],
    "a forwarded user": ["X-Forwarded-User: boss"], "with an underscore": ["X_Forwarded_User: boss"], "remote user": ["Remote-User: boss"],
    "a blank before the colon": ["X-Forwarded-User : boss"], "two users": ["X-Forwarded-User: boss", "X-Forwarded-User: boss"],
    "a folded header": [b"X-A: b\r\n X-Forwarded-User: boss"], "a bare LF": [b"X-A: b\nX-Forwarded-User: boss"],
    "other addresses": ["X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "Forwarded: for=127.0.0.1;by=unix", "REMOTE_ADDR: 127.0.0.1"],
    "another URL": ["X-Original-URL: /healthz", "X-Rewrite-URL: /healthz"], "hop by hop": ["Connection: close, Authorization"],
    "not base64": ["Authorization: Basic !!!!"], "a NUL in the name": ["Authorization: Basic YQBiOmM="],
    "no colon": ["Authorization: Basic YWJj"], "a megabyte of nothing": ["Authorization: Basic"], "a cookie": ["Cookie: user=boss; admin=1"],
}.items():
    for target in ("/api/grep/app/", "/api/grep/private/", "/metrics"):
        check("%s at %s" % (name, target), request(target, *headers, who=False), {400, 401, 429})
stack = deepest_stack()
if not 0 < stack <= 256 and not os.environ.get("SANITIZE"):  # those need stacks of their own size
    failures.append("a worker has used %d KiB of its stack" % stack)
print("stacks: %d KiB at most" % stack)
print("hostile: %s" % ("\n  ".join(failures) if failures else "stood; memory %+d KiB" % grown))
sys.exit(1 if failures else 0)
