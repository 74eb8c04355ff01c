# SPDX-License-Identifier: Apache-2.0
"""Intakes from several desks as fast as they go, with an external ledger of what was acknowledged. A process
of its own: it outlives every kill of the daemon and knows nothing of it.

Usage: python3 -m tests.outside.intake_load ADDRESS CA_FILE LEDGER SENDERS FIRST_NUMBER, tokens (one per desk)
on the first line of standard input. A line is in the ledger before its request is sent ("sent KEY PHONE"); an
answer is in it, and synced to disk, before anything else is done with it ("done KEY SHA256-OF-IT"); an error too
("lost KEY CODE") and ends its sender: the daemon is gone. Each sent request is also one '.' on standard output.
Ends at the end of standard input.
"""
import hashlib
import os
import sys
import threading

import grpc

from tests.outside.world import intake_fields, picture, ring
from tests.support import schema
from tests.support.daemon import key

CALL_S = 20
PATH = "/touchstone.v1.DeskService/RegisterIntake"


class Ledger:
    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, *words, sync=False):
        os.write(self.file, (" ".join(words) + "\n").encode())  # one write: lines of threads do not mix
        if sync:
            os.fsync(self.file)


class Sent:
    def __init__(self, phone):
        self.phone, self.answer, self.code = phone, None, None


def read_ledger(path):
    """{key: Sent} of every request sent."""
    requests = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            kind, request_id, word = line.split()
            if kind == "sent":
                requests[request_id] = Sent(word)
            elif kind == "done":
                requests[request_id].answer = word
            else:
                requests[request_id].code = word
    return requests


def request_for(schemas, request_id, phone):
    """The same bytes each time, so that a retry is the same request."""
    item = ring(photo=picture() if int(phone[-1]) % 2 else b"")
    return schemas.message("touchstone.v1.RegisterIntakeRequest")(request_id=request_id, **intake_fields(
        owner=dict(name="孙 三", phone=phone), items=[item]))


def fingerprint(answer):
    return hashlib.sha256(answer).hexdigest()


class Load:
    def __init__(self, address, ca_file, ledger, tokens, first_number):
        self.schemas = schema.load()
        self.ledger = Ledger(ledger)
        self.tokens, self.number = tokens, first_number
        self.lock, self.stopping = threading.Lock(), threading.Event()
        with open(ca_file, "rb") as file:
            self.credentials = grpc.ssl_channel_credentials(file.read())
        self.address = address

    def next_phone(self):
        with self.lock:
            self.number += 1
            return f"139{self.number:08}"

    def channel(self):
        return grpc.secure_channel(self.address, self.credentials, options=[("grpc.use_local_subchannel_pool", 1)])

    def send_one(self, call, token):
        request_id, phone = key(), self.next_phone()
        raw = request_for(self.schemas, request_id, phone).SerializeToString()
        self.ledger.write("sent", request_id, phone)
        os.write(1, b".")
        try:
            answer = call(raw, metadata=[("authorization", f"Bearer {token}")], timeout=CALL_S)
        except grpc.RpcError as error:
            self.ledger.write("lost", request_id, error.code().name)
            return False
        self.ledger.write("done", request_id, fingerprint(answer), sync=True)
        return True

    def sender(self, token):
        channel = self.channel()
        call = channel.unary_unary(PATH)
        while not self.stopping.is_set() and self.send_one(call, token):
            pass
        channel.close()

    def run(self, senders):
        threads = [threading.Thread(target=self.sender, args=(self.tokens[n % len(self.tokens)],))
                   for n in range(senders)]
        for thread in threads:
            thread.start()
        sys.stdin.read()
        self.stopping.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    Load(*sys.argv[1:4], sys.stdin.readline().split(), int(sys.argv[5])).run(int(sys.argv[4]))
