#!/usr/bin/env python3
"""What running answers do when a right is withdrawn: withdrawn.py URL PID TOKENS STAYS GOES

Begins exports in all forms and a tail for the bearers of both tokens, takes the right on the index from the line "goes …"
of the file TOKENS, has the server read it again, and sees each answer of that one end within a second, and not look whole;
those of the other go on.
"""
import os
import re
import signal
import socket
import sys
import time
import urllib.request

url, pid, tokens, stays, goes = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]
# Sanitizers and valgrind need so many times longer.
SLOWNESS = int(os.environ.get("SLOWNESS", 1))
address = (url[7:].rsplit(":", 1)[0], int(url.rsplit(":", 1)[1]))


class Answer:
    def __init__(self, name, path, token, version="1.1", more=""):
        self.name, self.data = name, bytearray()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.socket.settimeout(20 * SLOWNESS)
        self.socket.connect(address)
        self.socket.sendall(("GET %s HTTP/%s\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n" % (path, version, token, more)).encode())
        while b"\r\n\r\n" not in self.data:
            self.data += self.socket.recv(1000)
        assert self.data.startswith(b"HTTP/1.1 200"), (name, self.data)

    def read_on(self, seconds=60 * SLOWNESS):
        """To its end; how that looked."""
        end = time.monotonic() + seconds
        self.socket.settimeout(0.1)
        while time.monotonic() < end:
            try:
                got = self.socket.recv(1 << 20)
            except TimeoutError:
                continue
            except ConnectionResetError:
                return "reset"
            if not got:
                return "cut" if b"chunked" in self.data[:2000] else "whole"
            self.data += got
            if self.data.endswith(b"\r\n0\r\n\r\n"):
                return "whole"
        return "open"


def running(what):
    request = urllib.request.Request(url + "/metrics", headers={"Authorization": "Bearer " + stays})
    text = urllib.request.urlopen(request).read().decode()
    return int(re.search(r"^alco_http_%s (\d+)" % what, text, re.M).group(1))


kinds = [("json", "/api/export/app/?format=json", "1.1", ""), ("csv", "/api/export/app/?format=csv", "1.1", ""),
         ("text", "/api/export/app/", "1.1", ""), ("closing", "/api/export/app/?format=json", "1.1", "Connection: close\r\n"),
         ("HTTP/1.0", "/api/export/app/?format=json", "1.0", ""),
         # looks at everything and finds nothing: it has nothing to send for long
         ("silent", "/api/export/app/?q=" + "+OR+".join("/[a-%s][b-y]*[0-%d][c-x]$/" % ("efghijklmnopqrs"[i % 15], i % 9 + 1) for i in range(90)), "1.1", ""),
         ("tail", "/api/tail/app/?after=0", "1.1", ""), ("idle tail", "/api/tail/app/?q=nothing", "1.1", "")]
kept = [Answer(kind[0], kind[1], stays, *kind[2:]) for kind in kinds if "tail" in kind[0] or kind[0] == "json"]
ended = [Answer(kind[0], kind[1], goes, *kind[2:]) for kind in kinds]
begin = time.monotonic()
while running("tails") < 4 or running("exports") < 7:
    assert time.monotonic() < begin + 20 * SLOWNESS, "not all run at once: %d tails of 4, %d exports of 7" % (running("tails"), running("exports"))
    time.sleep(0.02)
with open(tokens) as file:
    lines = file.read()
with open(tokens, "w") as file:
    file.write(re.sub(r"(?m)^(goes .*) app$", r"\1 other", lines))
begin = time.monotonic()
os.kill(pid, signal.SIGHUP)
while running("tails") > 2 or running("exports") > 1:
    assert time.monotonic() < begin + SLOWNESS, "still there: %d tails, %d exports" % (running("tails"), running("exports"))
    time.sleep(0.02)
print("ended after %.0f ms" % (1000 * (time.monotonic() - begin)))
for answer in ended:
    how = answer.read_on()
    print("%s: %s after %d bytes" % (answer.name, how, len(answer.data)))
    assert how in ("cut", "reset"), (answer.name, how)
for answer in kept:
    if "tail" in answer.name:
        assert answer.read_on(0.3) == "open", answer.name
whole = kept[0].read_on()
assert whole == "whole" and kept[0].data.count(b'"message"') == 100000, (whole, kept[0].data.count(b'"message"'))
