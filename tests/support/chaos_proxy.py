#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A proxy that spoils connections: delay, cut after n bytes, half-open, drip, reset, blackhole.

    chaos_proxy.py LISTEN CONNECT [MODE...]     LISTEN and CONNECT: unix:PATH or HOST:PORT (port 0: the kernel's choice)

Prints "listening ADDRESS" and goes on until stdin ends. Each line on stdin is a new MODE for connections from then on:
    pass | delay MS | cut up|down BYTES | sweep up|down FIRST STEP LAST | half-open BYTES | drip | reset | blackhole
up is client to server. sweep cuts the k-th connection after FIRST + k*STEP bytes and prints "swept" once past LAST;
then it passes. half-open forwards so many bytes up and then neither forwards nor closes.
"""
import asyncio
import os
import socket
import struct
import sys


class Mode:
    def __init__(self, words):
        self.name, self.arguments = words[0], words[1:]
        self.next = int(self.arguments[1]) if self.name == "sweep" else 0

    def cut_for_connection(self):
        """(direction, bytes) after which this connection is cut, or None."""
        if self.name == "cut":
            return self.arguments[0], int(self.arguments[1])
        if self.name != "sweep" or self.next is None:
            return None
        place = self.next
        self.next += int(self.arguments[2])
        if place > int(self.arguments[3]):
            self.next = None
            print("swept", flush=True)
            return None
        return self.arguments[0], place


class Proxy:
    def __init__(self, target, mode):
        self.target, self.mode = target, mode

    async def serve(self, reader, writer):
        mode = self.mode
        if mode.name == "blackhole":
            await asyncio.Event().wait()
        if mode.name == "reset":
            return reset(writer)
        cut = mode.cut_for_connection()
        try:
            there_reader, there_writer = await open_address(self.target)
        except OSError:
            return writer.close()
        writers = (writer, there_writer)
        await asyncio.gather(self.pump("up", reader, there_writer, writers, mode, cut),
                             self.pump("down", there_reader, writer, writers, mode, cut))

    async def pump(self, direction, reader, writer, writers, mode, cut):
        left = cut[1] if cut and cut[0] == direction else None
        stuck = int(mode.arguments[0]) if mode.name == "half-open" and direction == "up" else None
        try:
            while data := await reader.read(1 if mode.name == "drip" else 65536):
                if mode.name == "delay":
                    await asyncio.sleep(int(mode.arguments[0]) / 1000)
                if left is not None and len(data) >= left:
                    writer.write(data[:left])
                    await writer.drain()
                    break
                if stuck is not None and len(data) >= stuck:
                    writer.write(data[:stuck])
                    await asyncio.Event().wait()
                left = left if left is None else left - len(data)
                stuck = stuck if stuck is None else stuck - len(data)
                writer.write(data)
                await writer.drain()
        except (OSError, asyncio.CancelledError):
            pass
        for each in writers:
            each.close()


def reset(writer):
    plain = writer.get_extra_info("socket")
    if plain.family != socket.AF_UNIX:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


def open_address(address):
    if address.startswith("unix:"):
        return asyncio.open_unix_connection(address[5:])
    host, port = address.rsplit(":", 1)
    return asyncio.open_connection(host, int(port))


async def main():
    listen, target, *words = sys.argv[1:]
    proxy = Proxy(target, Mode(words or ["pass"]))
    if listen.startswith("unix:"):
        await asyncio.start_unix_server(proxy.serve, listen[5:])
        print(f"listening {listen}", flush=True)
    else:
        host, port = listen.rsplit(":", 1)
        server = await asyncio.start_server(proxy.serve, host, int(port))
        print(f"listening {host}:{server.sockets[0].getsockname()[1]}", flush=True)
    loop = asyncio.get_running_loop()
    while line := (await loop.run_in_executor(None, sys.stdin.readline)).split():
        proxy.mode = Mode(line)
        print("mode", *line, flush=True)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
