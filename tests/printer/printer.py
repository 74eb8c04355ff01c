# SPDX-License-Identifier: Apache-2.0
"""A label printer as a program meets one: it speaks ~HS, prints what stands between ^XA and ^XZ, holds it while something is the
matter, and forgets what it holds on ~JA. On a port, or at the other end of a device file."""
import contextlib
import os
import re
import socket
import threading

WORDS = re.compile(rb"~HS|~JA|\^XA.*?\^XZ", re.S)


class Printer:
    def __init__(self, device=None):
        self.paper_out = self.head_up = False
        self.paper_left = None  # labels; None: plenty
        self.silent = False
        self.busy = False  # nothing is the matter, and nothing comes out
        self.printed, self.held, self.seen = [], [], b""
        self.device = device
        if device is None:
            self.port = 0
            self.plug_in()
        else:
            threading.Thread(target=self.serve, args=(lambda: os.read(device, 65536), lambda data: os.write(device, data)), daemon=True).start()

    def plug_in(self):
        """At the same port as before."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        self.name = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def unplug(self):
        """Nobody answers; what is being printed comes out."""
        # Without the first the port stays open while somebody waits in accept.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def close(self):
        if self.device is None:
            self.unplug()
        else:
            with contextlib.suppress(OSError):
                os.close(self.device)

    def accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.talk, args=(listener.accept()[0],), daemon=True).start()

    def talk(self, one):
        with one:
            self.serve(lambda: one.recv(65536), one.sendall)

    def serve(self, read, write):
        waiting = b""
        with contextlib.suppress(OSError):
            while data := read():
                self.seen += data
                waiting += data
                while found := WORDS.search(waiting):
                    waiting = waiting[found.end():]
                    self.take(found.group(), write)

    def take(self, word, write):
        if word == b"~JA":
            self.held.clear()
        elif word == b"~HS":
            if not self.silent:
                write(self.status())
        else:
            if self.paper_left == 0:
                self.paper_out = True
            if self.paper_out or self.head_up or self.busy:
                self.held.append(word)
            else:
                self.printed.append(word)
                if self.paper_left is not None:
                    self.paper_left -= 1

    def mend(self):
        """Paper is in, the head is shut: what it held comes out."""
        self.paper_out = self.head_up = self.busy = False
        self.paper_left = None
        self.printed += self.held
        self.held.clear()

    def status(self):
        # ZPL II Programming Guide, ~HS.
        return (b"\x02030,%d,0,0240,%03d,0,0,0,000,0,0,0\x03\r\n" % (self.paper_out, len(self.held)) +
                b"\x02000,0,%d,0,0,2,4,0,00000000,1,000\x03\r\n" % self.head_up + b"\x021234,0\x03\r\n")
