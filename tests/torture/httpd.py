#!/usr/bin/env python3
"""Torments a running alco-httpd and says what honest clients saw. Exit 0: it stood; 1: it did not, and why.

    httpd.py slow URL PID [SOCKETS [SECONDS]]     a byte now and then from many sockets, readers that do not read
    httpd.py tails URL PID INDEX [CLIENTS]        many live tails, a tenth of them not reading, all gone at once
    httpd.py marks URL PID INDEX STORE            tails with one search, one of them slow, while events come
    httpd.py garbage URL PID                      heads and bodies that no server should take
    httpd.py full URL PID INDEX [CLIENTS]         more queries at once than there is room for; clients that give up
    httpd.py leave URL PID INDEX                  how soon a query ends whose client has gone
    httpd.py greedy URL PID INDEX [CONNECTIONS]   a client that asks for large answers and does not read them
"""
import json
import os
import re
import resource
import select
import selectors
import socket
import subprocess
import sys
import threading
import time
import urllib.request


# A sanitizer takes memory for itself: what it grows by says nothing then.
MEMORY = 20 if os.environ.get("SANITIZE") else 1


# Limits of time: so many times longer it may take, as sanitizers and valgrind need.
SLOWNESS = int(os.environ.get("SLOWNESS", 1))


# Whom to ask as, and who is told the numbers of the server without those of any index, which take a store long.
READER, METER = os.environ.get("READER"), os.environ.get("METER")


def fail(reason):
    print("FAILED: " + reason)
    sys.exit(1)


def rss(pid):
    """KiB in memory."""
    return int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True).stdout or 0)


def threads(pid):
    return len(os.listdir("/proc/%d/task" % pid)) if os.path.isdir("/proc/%d/task" % pid) else 0


def descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid)) if os.path.isdir("/proc/%d/fd" % pid) else 0


class Server:
    def __init__(self, url, pid):
        self.url = url.rstrip("/")
        self.pid = int(pid)
        host, port = self.url[len("http://"):].rsplit(":", 1)
        self.address = (host, int(port))

    def connect(self, timeout=10, source=None):
        return socket.create_connection(self.address, timeout, source)

    def get(self, path, timeout=20, who=READER):
        headers = {"X-Forwarded-User": who} if who else {}
        with urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers), timeout=timeout) as answer:
            return answer.read()

    def metric(self, name):
        return int(re.search("^%s (\\d+)" % name, self.get("/metrics").decode(), re.M).group(1))

    def head(self, path, more=""):
        if READER:
            more += "X-Forwarded-User: %s\r\n" % READER
        return ("GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n" % (path, more)).encode()

    def alive(self):
        try:
            os.kill(self.pid, 0)
        except OSError:
            fail("the server is dead")

    def wait_for(self, what, condition, seconds=15):
        seconds *= SLOWNESS
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                fail("%s did not happen within %d s" % (what, seconds))
            time.sleep(0.05)


class Honest(threading.Thread):
    """Asks for the health page and for events, over and over, each time on a new connection."""

    def __init__(self, server, paths):
        super().__init__(daemon=True)
        self.server, self.paths = server, paths
        self.times, self.errors, self.stop = [], [], False

    def run(self):
        while not self.stop:
            for path in self.paths:
                begin = time.monotonic()
                try:
                    self.server.get(path, timeout=10)
                except OSError as error:
                    self.errors.append("%s: %s" % (path, error))
                self.times.append(time.monotonic() - begin)
            time.sleep(0.01)

    def check(self, what):
        self.stop = True
        self.join(30)
        times = sorted(self.times)
        p99 = times[len(times) * 99 // 100]
        print("%s: %d honest requests, median %.1f ms, p99 %.1f ms, worst %.1f ms, %d failed" %
              (what, len(times), 1000 * times[len(times) // 2], 1000 * p99, 1000 * times[-1], len(self.errors)))
        if self.errors:
            fail("honest requests failed: " + self.errors[0])
        if p99 >= SLOWNESS:
            fail("honest requests waited for more than a second")


def slow(server, sockets=1500, seconds=4):
    honest = Honest(server, ["/healthz", "/api/collector/indices/"])
    before = rss(server.pid)
    honest.start()
    head = server.head("/grep/", "X-Slow: " + "a" * 1000 + "\r\n")
    body = b"POST /grep/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n"
    opened, closed, lost = [], 0, 0
    end = time.monotonic() + seconds
    step = 0
    while time.monotonic() < end:
        while len(opened) < sockets and time.monotonic() < end:
            try:
                one = server.connect(2)
            except OSError:
                lost += 1
                break
            one.setblocking(False)
            if len(opened) % 3 == 1:
                one.send(body)
            if len(opened) % 3 == 2:  # asks, but never reads
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                one.send(server.head("/static/js/reader.js") * 5)
            opened.append(one)
        step += 1
        kept = []
        for i, one in enumerate(opened):
            try:
                if i % 3 != 2 and i % 10 == step % 10:
                    one.send(head[step % len(head):][:1] if i % 3 == 0 else b"x")
                kept.append(one)
            except OSError:
                one.close()
                closed += 1
        opened = kept
        time.sleep(0.05)
    honest.check("slow: %d sockets, %d of them closed by the server" % (len(opened) + closed, closed))
    grown = rss(server.pid) - before
    for one in opened:
        one.close()
    print("slow: memory grew by %d KiB" % grown)
    if grown > MEMORY * 64 * 1024:
        fail("memory grew")
    server.alive()


def tails(server, index, clients=1000):
    newest = server.metric('alco_index_newest_id{index="%s"}' % index)
    path = "/api/tail/%s/?after=%d" % (index, newest - 1000)
    before = rss(server.pid), threads(server.pid), descriptors(server.pid)
    opened, refused = [], 0
    for i in range(clients):
        one = server.connect()
        if i % 10 == 0:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.sendall(server.head(path))
        opened.append(one)
        if i % 10 == 9:  # as browsers do, not all in one instant
            server.wait_for("the queue to empty", lambda: server.metric("alco_http_queries_waiting") == 0)
    selector = selectors.DefaultSelector()
    for i, one in enumerate(opened):
        if i % 10 != 0:
            one.setblocking(False)
            selector.register(one, selectors.EVENT_READ, i)
    events, ends = [0] * clients, [b""] * clients
    end = time.monotonic() + 10
    quiet = time.monotonic()
    while time.monotonic() < end and time.monotonic() < quiet + 2:
        for key, _ in selector.select(0.2):
            try:
                data = key.fileobj.recv(65536)
            except OSError:
                data = b""
            if data.startswith(b"HTTP/1.1 503"):
                refused += 1
            if not data or data.startswith(b"HTTP/1.1 503"):
                selector.unregister(key.fileobj)
                continue
            data = ends[key.data] + data
            ends[key.data] = data[-10:]  # an event's name may come in two pieces
            count = data.count(b"event: line")
            events[key.data] += count
            if count:
                quiet = time.monotonic()
    honest = Honest(server, ["/healthz", "/api/collector/indices/"])
    honest.start()
    time.sleep(1)
    running = server.metric("alco_http_tails")
    during = rss(server.pid), threads(server.pid)
    honest.check("tails: %d open, %d refused with 503" % (running, refused))
    reading = sorted(count for i, count in enumerate(events) if i % 10 != 0 and count)
    print("tails: memory %+d KiB, threads %+d; each reader got %d to %d events" %
          (during[0] - before[0], during[1] - before[1], reading[0], reading[-1]))
    if reading[0] != reading[-1]:
        fail("some readers got less than others")
    if during[0] - before[0] > MEMORY * 64 * 1024 or during[1] > before[1]:
        fail("memory or threads grew")
    for one in opened:
        one.close()
    server.wait_for("the end of all tails", lambda: server.metric("alco_http_tails") == 0)
    server.wait_for("the end of their descriptors", lambda: descriptors(server.pid) <= before[2] + 4)
    server.alive()


class MarkedTail(threading.Thread):
    """Follows events that say whether they are to be marked, and looks whether they are."""

    def __init__(self, server, path, slow):
        super().__init__(daemon=True)
        self.slow, self.events, self.wrong, self.newest = slow, 0, [], 0
        self.socket = socket.socket()
        if slow:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(20)
        self.socket.connect(server.address)
        self.socket.sendall(server.head(path, "Connection: close\r\n"))
        self.start()

    def run(self):
        rest = b""
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                return
            if not data:
                return
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            for line in lines:
                if not line.startswith(b'data: {"id"'):
                    continue
                event = json.loads(line[6:])
                self.events += 1
                self.newest = int(event["id"])
                if event["match"] != (event["js"]["host"] == "odd"):
                    self.wrong.append(event["logline"][:60])
                if self.slow and self.events % 1000 == 0:
                    time.sleep(0.3)


def marks(server, index, store):
    tails = []
    for i in range(4):  # the slow one first: the others share its work
        tails.append(MarkedTail(server, "/api/tail/%s/?mark=host:odd" % index, i == 0))
        server.wait_for("the tail", lambda: server.metric("alco_http_tails") == i + 1)
        time.sleep(0.3)
    writer = subprocess.Popen(["alco-index", "-s", store, "-i", index, "--interval", "100"], stdin=subprocess.PIPE)
    count = 3000
    for i in range(count):
        event = '{"message":"%s %d","host":"%s"}\n' % ("x" * 800, i, "odd" if i % 2 else "even")
        writer.stdin.write(event.encode())
        if i % 100 == 99:
            writer.stdin.flush()
            time.sleep(0.05)
    writer.stdin.close()
    if writer.wait() != 0:
        fail("alco-index")
    server.wait_for("all events in all tails", lambda: all(one.events >= count for one in tails), 30)
    print("marks: %d events to %d tails" % (sum(one.events for one in tails), len(tails)))
    for one in tails:
        if one.wrong:
            fail("%d events have the wrong mark, among them %s" % (len(one.wrong), one.wrong[0]))
        one.socket.close()
    server.alive()


def garbage_requests():
    """Name, bytes (or a generator of them)."""
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\n"

    def endless(start, piece, total):
        yield start
        for _ in range(total // len(piece)):
            yield piece

    mib = 1024 * 1024
    yield "a header line of 200 MiB", endless(head + b"X: ", b"a" * mib, 200 * mib)
    yield "a request line of 200 MiB", endless(b"GET /", b"a" * mib, 200 * mib)
    yield "a million headers", endless(head, b"X-Y: z\r\n" * 10000, 8 * mib)
    yield "a chunked bomb", endless(head.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n",
                                    b"10000\r\n" + b"a" * 65536 + b"\r\n", 64 * mib)
    yield "a bad chunk size", [head.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n-2\r\nabc"]
    yield "a body of 1 GiB announced", [head.replace(b"GET", b"POST") + b"Content-Length: 1073741824\r\n\r\n"]
    yield "a gzip bomb", [head.replace(b"GET", b"POST") + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" +
                          b"\x1f\x8b\x08" + b"\0" * 17]
    yield "300 ranges", [head + b"Range: bytes=" + b",".join(b"0-%d" % i for i in range(300)) + b"\r\n\r\n"]
    yield "a long path", [b"GET /" + b"a/" * 1500 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"]
    yield "two lengths", [head + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello"]
    yield "length and chunks", [head + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]
    yield "a NUL in the path", [b"GET /gr\0ep/ HTTP/1.1\r\nHost: localhost\r\n\r\n"]
    yield "an encoded NUL", [b"GET /grep%00/ HTTP/1.1\r\nHost: localhost\r\n\r\n"]
    yield "a NUL in a header", [head + b"X: a\0b\r\n\r\n"]
    yield "an absolute URI", [b"GET http://localhost/grep/ HTTP/1.1\r\nHost: localhost\r\n\r\n"]
    yield "no Host", [b"GET / HTTP/1.1\r\n\r\n"]
    yield "a folded header", [head + b"X: a\r\n b\r\n\r\n"]
    yield "bare line feeds", [b"GET / HTTP/1.1\nHost: localhost\n\n\r\n\r\n"]
    yield "TLS", [b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(range(256)) * 2 + b"\r\n\r\n"]
    yield "HTTP/2", [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    yield "noise", [os.urandom(20000) + b"\r\n\r\n"]
    yield "headers that are not what they say", [head + b"REMOTE_ADDR : 10.0.0.1\r\n\r\n"]
    yield "2000 brackets", [b"GET /api/grep/nothing/?q=" + b"(" * 2000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"]


def garbage(server):
    server.get("/healthz")
    for name, pieces in garbage_requests():
        before = rss(server.pid)
        one = server.connect()
        sent, answer, most = 0, b"", 0
        try:
            for piece in pieces:
                one.sendall(piece)
                sent += len(piece)
                most = max(most, rss(server.pid)) if sent < 4 << 20 else most
        except OSError:
            pass
        try:
            while b"\r\n" not in answer:
                got = one.recv(4096)
                if not got:
                    break
                answer += got
        except OSError:
            pass
        one.close()
        grown = max(most, rss(server.pid)) - before
        line = answer.split(b"\r\n")[0].decode("latin-1")
        print("garbage: %s: %s, %d bytes taken, memory %+d KiB" % (name, line or "cut off", sent, grown))
        if line and not re.match("HTTP/1.1 4", line):
            fail("%s was answered with %s" % (name, line))
        if not line and sent < 1 << 20:
            fail("%s was not answered" % name)
        if grown > MEMORY * 1024:
            fail("%s made memory grow by %d KiB" % (name, grown))
        server.alive()
    server.get("/healthz")


def full(server, index, clients=200):
    """Every answer is whole, or a refusal that says when to come again; those who leave free their place."""
    results, lock = {}, threading.Lock()

    def ask(i):
        try:
            one = server.connect(30)
            one.sendall(server.head("/api/count/%s/?q=/[a-z]%d*x/" % (index, i), "Connection: close\r\n"))
            if i % 4 == 0:  # gives up
                one.close()
                return
            data = b""
            while True:
                got = one.recv(65536)
                if not got:
                    break
                data += got
            status = data.split(b" ")[1].decode()
            if status in ("429", "503") and b"Retry-After: " not in data:
                status += " without Retry-After"
            if status == "200" and not data.rstrip().endswith(b"}"):
                status += " cut off"
        except OSError as error:
            status = str(error)
        with lock:
            results[status] = results.get(status, 0) + 1

    crowd = [threading.Thread(target=ask, args=(i,)) for i in range(clients)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    print("full: %s" % results)
    if set(results) - {"200", "429", "503"}:
        fail("an answer was none of 200, 429, 503")
    server.wait_for("the end of all queries", lambda: server.metric("alco_http_queries_running") <= 1)
    server.wait_for("the queue to empty", lambda: server.metric("alco_http_queries_waiting") == 0)
    server.get("/api/count/%s/" % index)
    server.alive()


def leave(server, index):
    """Each route that reads the store; the best of some tries: the machine may be busy with other things."""
    # Expressions without a letter that they need: each looks at each line.
    query = "+OR+".join("/[a-%s][b-y]*[0-%d][c-x]$/" % ("efghijklmnopqrs"[i % 15], i % 9 + 1) for i in range(90))
    wide = "limit=10000&cols=host"
    middle = re.findall(rb'"id": ?"(\d+)"', server.get("/api/grep/%s/?order=asc&limit=9000" % index))[-1].decode()
    paths = {"page": "grep/%s/?q=" + query, "page, oldest first": "grep/%s/?order=asc&q=" + query,
             "page from an event on": "grep/%s/?around=" + middle + "&order=asc&q=" + query,
             "page with marks": "grep/%s/?" + wide + "&mark=" + query,
             "page with lines around": "grep/%s/?" + wide + "&C=5&q=event+OR+" + query,
             "context": "context/%s/" + middle + "/?C=1000&q=" + query, "count": "count/%s/?q=" + query,
             "count in a range": "count/%s/?since=2020-01-01&until=2030-01-01&q=" + query,
             "histogram": "histogram/%s/?q=" + query, "histogram by a field": "histogram/%s/?split=host&q=" + query,
             "values": "fields/%s/host/?q=" + query, "values of messages": "fields/%s/message/?q=" + query,
             "export": "export/%s/?q=" + query, "export of JSON": "export/%s/?format=json&q=" + query,
             "export of CSV": "export/%s/?format=csv&q=" + query, "tail from the beginning": "tail/%s/?after=0&q=" + query}

    def busy():
        text = server.get("/metrics", who=METER).decode()
        return [int(re.search("^alco_http_%s (\\d+)" % name, text, re.M).group(1)) for name in ("queries_running", "exports", "tails")]

    for name, path in paths.items():
        took = []
        while len(took) < 5 and (not took or min(took) > 0.1 * SLOWNESS):
            one = server.connect()
            one.sendall(server.head("/api/" + path % index))
            # The surroundings of an event are few lines: a fast machine has answered before anybody can leave.
            server.wait_for("%s: a query that runs" % name,
                            lambda: busy()[0] == 1 or name == "context" and select.select([one], [], [], 0)[0], 10)
            begin = time.monotonic()
            one.close()
            while any(busy()):
                if time.monotonic() - begin > 10 * SLOWNESS:
                    fail("%s: a query whose client has gone goes on" % name)
            took.append(time.monotonic() - begin)
        print("leave: %s ended %s ms after its client left" % (name, ", ".join("%.0f" % (1000 * t) for t in took)))
        if min(took) > 0.1 * SLOWNESS:
            fail("%s read on for %.0f ms after its client had left" % (name, 1000 * min(took)))


def greedy(server, index, connections=60):
    """What 127.0.0.2 leaves unread takes bounded memory, and no other client's turn."""
    honest = Honest(server, ["/healthz", "/api/grep/%s/?limit=10" % index])
    before, most, refused, opened = rss(server.pid), 0, 0, []
    honest.start()
    for _ in range(connections):
        one = server.connect(20, ("127.0.0.2", 0))
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.sendall(server.head("/api/grep/%s/?limit=10000" % index))
        start = one.recv(12)
        refused += start == b"HTTP/1.1 429"
        if start not in (b"HTTP/1.1 200", b"HTTP/1.1 429"):
            fail("a large answer begins with %r" % start)
        opened.append(one)
        most = max(most, rss(server.pid))
    print("greedy: %d answers left unread, %d refused with 429, %d MiB wait, memory %+d KiB" %
          (connections - refused, refused, server.metric("alco_http_pending_bytes") >> 20, most - before))
    honest.check("greedy")
    if not refused:
        fail("nobody was refused")
    if most - before > MEMORY * 256 * 1024:
        fail("memory grew")
    for one in opened:
        one.close()
    server.wait_for("the end of what nobody reads", lambda: server.metric("alco_http_pending_bytes") < 1 << 20)
    server.alive()


def main():
    if len(sys.argv) < 4 or sys.argv[1] not in ("slow", "tails", "garbage", "full", "leave", "greedy", "marks"):
        sys.exit(__doc__)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536) if hard > 0 else 65536, hard))
    server = Server(sys.argv[2], sys.argv[3])
    rest = [int(one) if one.isdigit() else one for one in sys.argv[4:]]
    globals()[sys.argv[1]](server, *rest)


main()
