#!/usr/bin/env python3
"""A network that fails: tcp_proxy.py TARGET_PORT FOLDER passes connections on to 127.0.0.1:TARGET_PORT.

Writes its own port to FOLDER/port, and a line for each connection to FOLDER/connections. FOLDER/mode says what the
network does, looked at twenty times a second:

    pass      what it should
    cut       resets all connections when it begins, and passes the next ones
    hole      swallows everything from now on, for good on connections that are there; new ones get no answer
    refuse    resets new connections, too
    slow N    passes N bytes a second in each direction of a connection
"""
import asyncio
import os
import socket
import struct
import sys

folder = sys.argv[2]
mode, alive = "pass", set()


class Link:
    def __init__(self, writers):
        self.writers, self.lost = writers, mode == "hole"

    def reset(self):
        for writer in self.writers:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


async def pump(link, reader, writer):
    while data := await reader.read(4096):
        while link.lost:
            await asyncio.sleep(3600)
        if mode.startswith("slow"):
            await asyncio.sleep(len(data) / float(mode.split()[1]))
        writer.write(data)
        await writer.drain()


async def serve(reader, writer):
    with open(os.path.join(folder, "connections"), "a") as log:
        log.write(mode + "\n")
    link = Link([writer])
    alive.add(link)
    try:
        if mode == "refuse":
            return
        while link.lost:
            await asyncio.sleep(3600)
        there, back = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
        link.writers.append(back)
        tasks = [asyncio.ensure_future(pump(link, reader, back)), asyncio.ensure_future(pump(link, there, writer))]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    except OSError:
        pass
    finally:
        alive.discard(link)
        link.reset()


async def watch():
    global mode
    while True:
        await asyncio.sleep(0.05)
        try:
            with open(os.path.join(folder, "mode")) as file:
                wanted = file.read().strip()
        except OSError:
            continue
        if not wanted or wanted == mode:
            continue
        mode = wanted
        for link in list(alive):
            if mode in ("cut", "refuse"):
                link.reset()
            elif mode == "hole":
                link.lost = True


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = os.path.join(folder, "port")
    with open(port + ".new", "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.rename(port + ".new", port)
    await watch()


asyncio.run(main())
