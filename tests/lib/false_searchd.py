#!/usr/bin/env python3
"""A searchd that misbehaves: passes SphinxQL on to a real one, but for some REPLACE statements.

    false_searchd.py LISTEN_PORT REAL_PORT SCRIPT

SCRIPT is a word for each REPLACE in turn, again from the start at its end: ok, error (refused), close (before the
statement is passed on), late (passed on, closed before the answer), half (closed in the middle of the answer), hang,
refuse:WORD (refused if that stands in it).
manticore:FILE is a script of its own: the version is one of Manticore, all statements are noted in FILE, and those that
only Manticore knows are answered with OK and not passed on.
"""
import itertools
import socket
import struct
import sys
import threading
import time

listen_port, real_port = int(sys.argv[1]), int(sys.argv[2])
script = itertools.cycle(sys.argv[3].split(","))
notes = sys.argv[3][len("manticore:"):] if sys.argv[3].startswith("manticore:") else None
MANTICORE_ONLY = (b"CREATE TABLE", b"DROP TABLE", b"FLUSH TABLE", b"OPTIMIZE TABLE")
lock = threading.Lock()


def read_exactly(sock, size):
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def read_packets(sock):
    """One command or the bytes of it, as they came: packets of 16 MiB - 1 go on in the next."""
    whole = b""
    while True:
        head = read_exactly(sock, 4)
        size = head[0] | head[1] << 8 | head[2] << 16
        whole += head + read_exactly(sock, size)
        if size < 0xFFFFFF:
            return whole


def serve(client):
    real = socket.create_connection(("127.0.0.1", real_port))
    quiet = threading.Event()

    def back():
        try:
            if notes:  # the greeting: length, number, protocol, version and NUL
                greeting = read_packets(real)
                body = greeting[4:5] + b"6.2.12 dc5144d35@230822" + greeting[greeting.index(0, 5):]
                client.sendall(struct.pack("<I", len(body))[:3] + greeting[3:4] + body)
            while data := real.recv(65536):
                if not quiet.is_set():
                    client.sendall(data)
        except OSError:
            pass
        try:
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    threading.Thread(target=back, daemon=True).start()
    try:
        while True:
            command = read_packets(client)
            how, refusal = "ok", "this searchd takes nothing now"
            if notes:
                with lock, open(notes, "ab") as out:
                    out.write(command[5:] + b"\n")
                if command[5:].startswith(MANTICORE_ONLY):
                    client.sendall(b"\x07\x00\x00" + bytes([command[3] + 1]) + b"\x00\x00\x00\x02\x00\x00\x00")
                    continue
            elif command[4:13] == b"\x03REPLACE ":
                with lock:
                    how = next(script)
            if how.startswith("refuse:"):
                word = how[len("refuse:"):]
                how = "error" if word.encode() in command else "ok"
                refusal = "this searchd takes no " + word
            if how == "error":
                text = b"#42000" + refusal.encode()
                body = b"\xff" + struct.pack("<H", 1064) + text
                client.sendall(struct.pack("<I", len(body))[:3] + bytes([command[3] + 1]) + body)
                continue
            if how == "close":
                break
            if how == "hang":
                time.sleep(3600)
            if how in ("late", "half"):
                quiet.set()
            real.sendall(command)
            if how in ("late", "half"):
                time.sleep(0.3)
                if how == "half":
                    client.sendall(b"\x07\x00\x00")
                break
    except (OSError, EOFError):
        pass
    client.close()
    real.close()


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", listen_port))
server.listen()
print("ready", flush=True)
while True:
    connection, _ = server.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
