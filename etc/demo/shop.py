#!/usr/bin/env python3
"""A small web shop of six processes that do nothing but log, as JSON, one file each: the sample for `make demo`.

    shop.py FOLDER    write FOLDER/gateway.log, orders.log, …, until SIGTERM or SIGINT

Each request has an id that passes through the services, so that `alco-query @request_id=…` follows it.
"""
import json
import logging
import logging.handlers
import multiprocessing
import os
import queue
import random
import signal
import sys
import time
import uuid
from datetime import datetime, timezone

FILE_BYTES = 4 << 20  # then the file is renamed to NAME.log.1 and a new one begins
PRODUCTS = ["teapot", "kettle", "cup", "saucer", "strainer", "tea, green", "tea, black", "honey", "spoon", "tray"]
USERS = ["anna", "bruno", "chiara", "dmitri", "elif", "farid", "greta", "hugo", "ines", "jonas", "Жанна"]
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1)", "curl/8.11.0", "okhttp/4.12"]


class JsonFormatter(logging.Formatter):
    def __init__(self, service, host):
        super().__init__()
        self.base = {"service": service, "host": host}

    def format(self, record):
        when = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="microseconds")
        event = {"@timestamp": when.replace("+00:00", "Z"), "message": record.getMessage(), "level": record.levelname,
                 "logger": record.name, **self.base, "process": record.process, **record.__dict__.get("extra", {})}
        if record.exc_info:
            event["exc_info"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False)


class OutOfStock(Exception):
    pass


class CardDeclined(Exception):
    pass


class Service:
    """One process: takes requests from its queue, logs, hands some on."""

    def __init__(self, name, host, folder, inboxes):
        self.inboxes = inboxes
        self.inbox = inboxes[name]
        self.parent = os.getppid()
        self.log = logging.getLogger(f"shop.{name}")
        self.log.setLevel(logging.DEBUG)
        handler = logging.handlers.RotatingFileHandler(os.path.join(folder, f"{name}.log"), maxBytes=FILE_BYTES,
                                                       backupCount=1, encoding="utf-8")
        handler.setFormatter(JsonFormatter(name, host))
        self.log.addHandler(handler)

    def say(self, level, request, text, *args, exc_info=False, **extra):
        if request:
            extra["request_id"] = request["id"]
            extra["user"] = request["user"]
        self.log.log(level, text, *args, exc_info=exc_info, extra={"extra": extra})

    def next(self, seconds):
        """The next request; None to stop; {} if there was none in that time."""
        try:
            return self.inbox.get(timeout=seconds)
        except queue.Empty:
            return {} if os.getppid() == self.parent else None

    def hand_on(self, name, request):
        self.inboxes[name].put(request)

    def run(self):
        self.say(logging.INFO, None, "started, %d workers", 1)
        while (request := self.next(2)) is not None:
            if request:
                time.sleep(random.expovariate(1 / 0.004))
                self.handle(request)
        self.say(logging.INFO, None, "stopped")


class Gateway(Service):
    def run(self):
        self.say(logging.INFO, None, "listening on 0.0.0.0:8443")
        while self.next(random.expovariate(6 + 5 * abs(time.time() / 20 % 2 - 1))) is not None:  # a tide of 40 seconds
            self.serve()
        self.say(logging.INFO, None, "stopped")

    def serve(self):
        request = {"id": uuid.uuid4().hex[:16], "user": random.choice(USERS), "product": random.choice(PRODUCTS),
                   "count": random.choice([1, 1, 1, 2, 3, 12])}
        kind = random.choices(["browse", "order", "health", "probe"], [60, 30, 8, 2])[0]
        client = f"203.0.113.{random.randrange(1, 255)}"
        duration = round(random.lognormvariate(2.5, 0.8), 1)
        if kind == "health":
            self.say(logging.DEBUG, None, "GET /healthz 200 %.1f ms", duration / 10, status=200, path="/healthz")
        elif kind == "probe":
            path = random.choice(["/wp-login.php", "/.env", "/admin/config.php", "/../../etc/passwd"])
            self.say(logging.WARNING, None, "GET %s 404 from %s", path, client, status=404, path=path, client=client)
        elif kind == "browse":
            path = f"/products/{PRODUCTS.index(request['product'])}"
            status = random.choices([200, 304, 500], [80, 19, 1])[0]
            self.say(logging.ERROR if status == 500 else logging.INFO, request, "GET %s %d %.1f ms", path, status, duration,
                     status=status, path=path, client=client, duration_ms=duration, agent=random.choice(AGENTS))
        else:
            self.say(logging.INFO, request, "POST /orders 202 %.1f ms", duration, status=202, path="/orders",
                     client=client, duration_ms=duration, agent=random.choice(AGENTS))
            self.hand_on("orders", request)


class Orders(Service):
    number = 7000

    def handle(self, request):
        Orders.number += 1
        request["order"] = Orders.number
        self.say(logging.INFO, request, "order %d: %d × %s for %s", request["order"], request["count"],
                 request["product"], request["user"], order=request["order"])
        self.hand_on("stock", request)
        if random.random() < 0.02:
            self.say(logging.WARNING, request, "slow query: SELECT * FROM orders WHERE user_name = '%s' took %d ms",
                     request["user"], random.randrange(800, 4000), order=request["order"])


class Stock(Service):
    left = {product: 120 for product in PRODUCTS}

    def take(self, product, count):
        if self.left[product] < count:
            raise OutOfStock(f"{product}: {self.left[product]} left, {count} wanted")
        self.left[product] -= count

    def handle(self, request):
        product, count = request["product"], request["count"]
        try:
            self.take(product, count)
        except OutOfStock as problem:
            self.say(logging.ERROR, request, "order %d: %s", request["order"], problem, exc_info=True,
                     order=request["order"])
            self.left[product] = 120
            self.say(logging.INFO, None, "refilled %s", product, product=product)
            return
        self.say(logging.DEBUG, request, "took %d × %s, %d left", count, product, self.left[product],
                 order=request["order"], left=self.left[product])
        if self.left[product] < 10:
            self.say(logging.WARNING, request, "only %d × %s left", self.left[product], product, product=product)
        self.hand_on("payments", request)


class Payments(Service):
    def charge(self, request, amount):
        chance = random.random()
        if chance < 0.01:
            raise ConnectionError("bank.example:443: connection reset by peer")
        if chance < 0.05:
            raise CardDeclined(f"card of {request['user']} was declined: insufficient funds")

    def handle(self, request):
        amount = round(random.lognormvariate(2.7, 0.6), 2)
        for attempt in (1, 2, 3):
            try:
                self.charge(request, amount)
            except CardDeclined as problem:
                self.say(logging.WARNING, request, "order %d: %s", request["order"], problem, order=request["order"],
                         amount=amount)
                return
            except ConnectionError as problem:
                self.say(logging.ERROR, request, "order %d: charge failed (attempt %d): %s", request["order"], attempt,
                         problem, exc_info=True, order=request["order"], amount=amount)
                time.sleep(0.2)
                continue
            self.say(logging.INFO, request, "order %d: charged %.2f EUR", request["order"], amount,
                     order=request["order"], amount=amount)
            self.hand_on("mail", request)
            return
        self.say(logging.CRITICAL, request, "order %d: gave up after 3 attempts", request["order"],
                 order=request["order"])


class Mail(Service):
    def handle(self, request):
        self.say(logging.INFO, request, "order %d: confirmation sent to %s@mail.example", request["order"],
                 request["user"], order=request["order"])


class Cron(Service):
    def run(self):
        jobs = ["expire-carts", "sync-prices", "rotate-keys", "vacuum"]
        while self.next(random.uniform(2, 5)) is not None:
            job = random.choice(jobs)
            seconds = random.expovariate(1 / 0.3)
            self.say(logging.INFO, None, "job %s finished in %.3f s", job, seconds, job=job)


SERVICES = {"gateway": (Gateway, "web01"), "orders": (Orders, "app01"), "stock": (Stock, "app02"),
            "payments": (Payments, "app02"), "mail": (Mail, "app01"), "cron": (Cron, "app01")}


def run_service(name, folder, inboxes):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the parent sends None through each queue
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kind, host = SERVICES[name]
    kind(name, host, folder, inboxes).run()


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: shop.py FOLDER")
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    inboxes = {name: multiprocessing.Queue() for name in SERVICES}
    processes = [multiprocessing.Process(target=run_service, args=(name, folder, inboxes)) for name in SERVICES]
    for process in processes:
        process.start()
    stopped = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.append(True))
    while not stopped and all(process.is_alive() for process in processes):
        time.sleep(0.2)
    for inbox in inboxes.values():
        inbox.put(None)
    for process in processes:
        process.join(6)
        if process.is_alive():
            process.kill()


if __name__ == "__main__":
    main()
