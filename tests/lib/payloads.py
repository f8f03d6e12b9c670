#!/usr/bin/env python3
"""Publishes one message of each kind that programs send: payloads.py URL EXCHANGE."""
import gzip
import json
import sys
import zlib

import pika

EVENT = {"@timestamp": "2026-11-22T09:00:00.000001Z", "seq": 1}


def event(**members):
    return json.dumps({**EVENT, **members}).encode()


MESSAGES = [
    (event(**{"@version": "1", "message": "logcollect", "levelname": "INFO", "logger": "app"}), {}),
    (json.dumps({"@timestamp": "2026-11-22T09:00:00.5Z", "@version": 1, "message": "logstash-1", "host": "h",
                 "path": "/a.py", "tags": ["t"], "type": "logstash", "level": "INFO"}).encode(), {}),
    (json.dumps({"@timestamp": "2026-11-22T09:00:00.5Z", "@message": "logstash-0", "@source": "h", "@tags": [],
                 "@fields": {"levelname": "INFO"}}).encode(), {}),
    (json.dumps({"MESSAGE": "syslog-ng", "ISODATE": "2026-11-22T09:00:00+00:00", "HOST": "h", "PRIORITY": "info",
                 "timestamp": "2026-11-22T09:00:00+00:00"}).encode(), {}),
    (json.dumps({"msg": "rsyslog", "timereported": "x", "timestamp": "2026-11-22T09:00:00.1+00:00"}).encode(), {}),
    (json.dumps({"version": "1.1", "host": "h", "short_message": "gelf", "full_message": "long",
                 "timestamp": 1795338000.25, "level": 6, "_user": 7}).encode(), {}),
    (gzip.compress(event(message="gzip")), {"content_encoding": "gzip"}),
    (zlib.compress(event(message="zlib")), {"content_encoding": "deflate"}),
    (b"[" + event(message="array-1") + b",\n" + event(message="array-2") + b"]", {}),
    (b"plain text", {}),
    (b"", {}),
    (b"caf\xe9", {}),
    (gzip.compress(b" " * (64 << 20)), {"content_encoding": "gzip"}),
    (event(message="forged", **{"@alco": {"p": "1:1", "id": "0" * 32}}), {}),
    (event(message="headers"), {"headers": {"user": "ann", "n": 3}}),
]

channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
channel.confirm_delivery()
for body, properties in MESSAGES:
    channel.basic_publish(sys.argv[2], "app.kind", body, pika.BasicProperties(**properties))
