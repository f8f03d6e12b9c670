#!/usr/bin/env python3
"""Stages that misbehave, each run of them at random, now and then as they should.

    bad_stage.py filter            passes lines on; or stops reading, ends with 0 before its input does, cuts a line
    bad_stage.py sink COMMAND…     is the last stage: runs COMMAND, and writes absurd acknowledgements beside its own
"""
import os
import random
import signal
import subprocess
import sys

signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def filter_lines():
    fault = random.choice(["none", "none", "stop", "early", "half", "half with newline"])
    left = random.randint(1, 2000)
    for line in sys.stdin.buffer:
        left -= 1
        if left > 0 or fault == "none":
            sys.stdout.buffer.write(line)
            if left % 100 == 0:
                sys.stdout.buffer.flush()
            continue
        sys.stdout.buffer.flush()
        if fault == "stop":
            signal.pause()
        if fault.startswith("half"):
            os.write(1, line[:len(line) // 2] + (b"\n" if fault == "half with newline" else b""))
        os._exit(0)


def absurd(epoch, sent):
    other = "%016x" % random.getrandbits(64)
    lines = ["ok %s 1-%d" % (other, sent), "ok %s %d-1" % (epoch, sent), "ok %s -5-3" % epoch, "okay", "ok", "ok %s" % epoch,
             "bad %s x-y" % epoch, "drop %s 0-0" % epoch, "\x00\xff" * 100, "ok %s 18446744073709551616-1" % epoch]
    if random.random() < 0.05:
        lines.append("ok %s 1-%d" % (epoch, sent + 1000000))  # never sent: this ends the run with 76
    return random.choice(lines) + "\n"


def sink(command):
    acks = int(os.environ["ALCO_ACK_FD"])
    child = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[acks])
    count = 0
    for line in sys.stdin.buffer:
        count += 1
        child.stdin.write(line)
        if random.random() < 0.02:
            child.stdin.flush()
            epoch = line[len('{"@alco":{"p":"'):].split(b":", 1)[0].decode()
            try:
                os.write(acks, absurd(epoch, count).encode("latin-1"))
            except BlockingIOError:
                pass
        elif count % 50 == 0:
            child.stdin.flush()
    child.stdin.close()
    sys.exit(child.wait())


if sys.argv[1] == "filter":
    filter_lines()
else:
    sink(sys.argv[2:])
