# SPDX-License-Identifier: Apache-2.0
"""The test build of the daemon that serves grpc.testing.TestService, and that service's messages from
Debian's grpc-proto."""
import os
import subprocess
import tempfile

from tests.support.daemon import Daemon
from tests.support.schema import Schema

PROTOS = "/usr/share/grpc-proto"
PROGRAM = "../tests/interop/touchstoned_interop"
INITIAL, TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"


def daemon():
    return Daemon(program=PROGRAM)


def schema():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "testing.binpb")
        subprocess.run(["protoc", f"-I{PROTOS}", "--include_imports", f"--descriptor_set_out={path}",
                        "grpc/testing/test.proto"], check=True)
        return Schema(path)
