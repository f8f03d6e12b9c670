#!/usr/bin/env python3
"""Publishes numbered messages with confirms, shaped as logcollect does, and survives restarts of the broker.

    publish.py --url URL -n 1000 [--from 0] [--rate N] [--size BYTES] [--exchange logstash] [--key logstash.app]

A message that was not confirmed when the connection broke is published again, byte for byte. Ends when all are
confirmed; prints how many that were and how many were published twice.
"""
import argparse
import json
import sys
import time

import pika
from pika.adapters.select_connection import SelectConnection

WINDOW = 2000  # unconfirmed at most
LEVELS = ["DEBUG", "INFO", "INFO", "INFO", "WARNING", "ERROR"]


def body(number, size, start):
    stamp = start + number * 0.001 if start else time.time()
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(stamp)) + ".%06dZ" % (stamp % 1 * 1000000)
    message = "request %d done" % number
    event = {"@timestamp": text, "@version": "1", "message": message, "host": "web%d" % (number % 7), "tags": [],
             "type": "logstash", "seq": number, "levelname": LEVELS[number % 6], "logger": "app.views"}
    line = json.dumps(event)
    if len(line) < size:
        event["message"] = message + " " + "x" * (size - len(line) - 1)
        line = json.dumps(event)
    return line.encode()


class Publisher:
    def __init__(self, options):
        self.options = options
        self.next = options.first
        self.end = options.first + options.count
        self.todo = []          # numbers to publish again
        self.unconfirmed = {}   # delivery tag: number
        self.tag = 0
        self.confirmed = 0
        self.repeated = 0
        self.began = time.time()
        self.sent = 0

    def run(self):
        failures = 0
        while self.confirmed < self.options.count:
            before = self.confirmed
            self.connection = SelectConnection(pika.URLParameters(self.options.url), on_open_callback=self.on_open,
                                               on_open_error_callback=self.on_lost, on_close_callback=self.on_lost)
            self.connection.ioloop.start()
            self.todo.extend(sorted(self.unconfirmed.values()))
            self.repeated += len(self.unconfirmed)
            self.unconfirmed.clear()
            failures = 0 if self.confirmed > before else failures + 1
            if failures > 600:
                sys.exit("publish.py: the broker does not come back")
            if self.confirmed < self.options.count:
                time.sleep(0.2)
        print("confirmed %d, published again %d" % (self.confirmed, self.repeated))

    def on_open(self, connection):
        connection.channel(on_open_callback=self.on_channel)

    def on_lost(self, connection, error):
        connection.ioloop.stop()

    def on_channel(self, channel):
        self.channel, self.tag = channel, 0
        channel.add_on_close_callback(lambda *_: self.connection.close() if self.connection.is_open else None)
        channel.confirm_delivery(self.on_confirm, callback=lambda _: self.pump())

    def on_confirm(self, frame):
        method = frame.method
        tags = [method.delivery_tag]
        if method.multiple:
            tags = [tag for tag in self.unconfirmed if tag <= method.delivery_tag]
        for tag in tags:
            number = self.unconfirmed.pop(tag, None)
            if number is None:
                continue
            if isinstance(method, pika.spec.Basic.Ack):
                self.confirmed += 1
            else:
                self.todo.append(number)
        if self.confirmed >= self.options.count:
            self.connection.close()
        elif len(self.unconfirmed) < WINDOW // 2:
            self.pump()

    def pump(self):
        if not self.channel.is_open:
            return
        while len(self.unconfirmed) < WINDOW and (self.todo or self.next < self.end):
            if self.options.rate and self.sent >= (time.time() - self.began) * self.options.rate:
                self.connection.ioloop.call_later(0.01, self.pump)
                return
            if self.todo:
                number = self.todo.pop(0)
            else:
                number = self.next
                self.next += 1
            self.tag += 1
            self.unconfirmed[self.tag] = number
            self.sent += 1
            self.channel.basic_publish(self.options.exchange, self.options.key,
                                       body(number, self.options.size, self.options.start),
                                       pika.BasicProperties(delivery_mode=2, content_type="application/json"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("-n", dest="count", type=int, required=True)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--exchange", default="logstash")
    parser.add_argument("--key", default="logstash.app")
    parser.add_argument("--start", type=float, default=1763769600.0, help="time of number 0; 0: the time of sending")
    Publisher(parser.parse_args()).run()


if __name__ == "__main__":
    main()
