# SPDX-License-Identifier: Apache-2.0
"""A real daemon on its private PostgreSQL for outside tests, with staff of every role.

Daemon(...) as a context manager starts `touchstoned serve` in a directory of its own on a port the
kernel chooses, and stops it by its pid. Waiting is for events (the daemon's own log), never for time.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import grpc
import psycopg2

from tests.support import kept_state, paths, schema

PASSWORD = "correct horse battery"
ROLES = ["RECEPTION", "TECHNICIAN", "REVIEWER", "SIGNATORY", "MANAGER", "QUALITY", "AUDITOR", "ADMINISTRATOR"]

# Becomes the program with one listening socket as descriptor 3, as systemd would pass it (sd_listen_fds(3)).
PASS = ("import os, sys; os.dup2(int(sys.argv[1]), 3); "
        "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); os.execv(sys.argv[2], sys.argv[2:])")


def key():
    return str(uuid.uuid4())

# Methods that answer with a stream.
STREAMS = ("PublicService.FetchSheet", "SheetService.DownloadSheet", "SheetService.DownloadSlip",
           "RecordService.DownloadOriginalRecord")


class Failed(AssertionError):
    pass


class Daemon:
    def __init__(self, program="touchstoned", settings="", directory=None, passed=None, environment=None, from_nothing=False):
        """from_nothing: it makes its PostgreSQL itself, as at the very first start; else it finds it made."""
        self.program = paths.build() / "server" / program
        self.settings = settings
        self.environment = {"ASAN_OPTIONS": "detect_leaks=1"} | (environment or {})
        self.directory = pathlib.Path(directory or tempfile.mkdtemp(prefix="ts-"))
        self.keep = directory is not None
        self.from_nothing = from_nothing or "[postgresql]" in settings
        self.schema = schema.load()
        self.process = None
        self.log = []
        self.ready = threading.Event()
        self.port = None
        self.channels = []
        self.passed = passed  # the descriptor of a socket that it is to listen on

    # ---- life
    def __enter__(self):
        self.prepare()
        self.start()
        return self

    def __exit__(self, *_):
        code = self.stop()
        if not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)
        if code:  # it died, or the sanitizers found something at its end
            raise Failed(f"the daemon ended with {code}:\n" + "\n".join(self.log[-80:]))

    def prepare(self):
        self.directory.chmod(0o755)
        self.certificate = self.directory / "server.pem"
        if not self.certificate.exists():
            self.make_certificate()
        self.config = self.directory / "touchstoned.conf"
        self.write_config()
        if not self.from_nothing:
            kept_state.lay(paths.build() / "server" / "touchstoned", self.directory / "state")

    def make_certificate(self, **environment):
        """Valid from now on, as the environment's clock has it."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.directory / "server.key",
                        "-out", self.certificate], check=True, capture_output=True, env=dict(os.environ, **environment))

    def write_config(self, port=0):
        text = (f"[listen]\naddress = 127.0.0.1\nport = {port}\n"
                f"[tls]\ncertificate = {self.certificate}\nkey = {self.directory / 'server.key'}\n"
                f"[state]\ndirectory = {self.directory / 'state'}\n"
                "[argon2]\nmemory_kib = 8192\npasses = 1\nlanes = 1\n" + self.settings)
        self.config.write_text(text)

    def start(self, wait=True):
        self.ready.clear()
        self.log = []
        command = [self.program, "serve", "--config", self.config]
        if self.passed is not None:
            command = [sys.executable, "-c", PASS, str(self.passed), *command]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace",
                                        pass_fds=() if self.passed is None else (self.passed,),
                                        env=dict(os.environ, **self.environment))
        self.reader = threading.Thread(target=self.read_log, args=(self.process,), daemon=True)
        self.reader.start()
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds=120):
        if not self.ready.wait(seconds) or self.port is None:
            raise Failed("the daemon did not become ready:\n" + "\n".join(self.log[-30:]))

    def says(self, *words, seconds=60):
        """Waits for the line with all these words: what the daemon has written is read a little later."""
        end = time.monotonic() + seconds
        while not any(all(word in line for word in words) for line in list(self.log)):
            if time.monotonic() > end:
                raise Failed(f"the daemon never said {words}:\n" + "\n".join(self.log[-30:]))
            time.sleep(0.02)

    def read_log(self, process):
        for line in process.stderr:
            self.log.append(line.rstrip("\n"))
            if "event=ready" in line:
                self.port = int(line.split(" port=")[1].split()[0])
                self.ready.set()
        if process is self.process:
            self.ready.set()

    def stop(self, kill=False):
        for channel in self.channels:
            channel.close()
        self.channels = []
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            self.process.wait(300)  # a busy machine
        code = self.process.returncode if self.process else 0
        if self.process:
            self.reader.join(10)
            self.process.stderr.close()
        self.process = None
        return code

    # ---- the private PostgreSQL, as its own administrator: behind the daemon's back
    def postmaster(self):
        """The lines of postmaster.pid: process id, data directory, start, port, socket directory ..."""
        for path in self.directory.glob("state/**/postmaster.pid"):
            return path.read_text().splitlines()
        raise Failed("no PostgreSQL runs below " + str(self.directory))

    def database(self, user="postgres"):
        lines = self.postmaster()
        connection = psycopg2.connect(host=lines[4], port=int(lines[3]), user=user, dbname="touchstone")
        connection.autocommit = True
        return connection

    def sql(self, statement, *values):
        with contextlib.closing(self.database()) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    # ---- calls
    def channel(self, options=()):
        credentials = grpc.ssl_channel_credentials(self.certificate.read_bytes())
        channel = grpc.secure_channel(f"localhost:{self.port}", credentials, options=list(options))
        self.channels.append(channel)
        return channel

    def client(self, token=None, channel=None):
        return Client(self, channel or self.channel(), token)

    def admin_command(self, *arguments, password=PASSWORD):
        return subprocess.run([self.program, *arguments, "--config", self.config, "--password-file", "-"],
                              input=password + "\n", text=True, capture_output=True)

    # ---- staff: one person of every role in JEW, made as an administrator would
    def people(self):
        done = self.admin_command("staff", "add", "--username", "root.admin", "--name", "Root Admin",
                                  "--laboratory", "JEW", "--role", "administrator")
        if done.returncode != 0:
            raise Failed(done.stderr)
        admin = self.log_in("root.admin")
        for role in ROLES:
            admin.staff(role.lower(), [role])
        return {role: self.log_in(role.lower(), "D1" if role == "RECEPTION" else "") for role in ROLES}

    def log_in(self, username, desk="", password=PASSWORD):
        client = self.client()
        answer = client("StaffService.Login", username=username, password=password, desk=desk)
        client.token = answer.token
        client.username = username
        client.version = answer.staff.version
        return client


class Client:
    """Calls by short name with fields as keywords; errors are grpc.RpcError."""

    def __init__(self, daemon, channel, token):
        self.daemon, self.channel, self.token = daemon, channel, token

    def metadata(self, extra=()):
        return ([("authorization", f"Bearer {self.token}")] if self.token else []) + list(extra)

    def request(self, short, **fields):
        method = self.daemon.schema.method(short)
        if "request_id" in method.input_type.fields_by_name and "request_id" not in fields:
            fields["request_id"] = key()
        return self.daemon.schema.message(method.input_type.full_name)(**fields)

    def __call__(self, short, message=None, timeout=30, **fields):
        method = self.daemon.schema.method(short)
        reply = self.daemon.schema.message(method.output_type.full_name)
        path = f"/{method.containing_service.full_name}/{method.name}"
        request = message if message is not None else self.request(short, **fields)
        raw = request if isinstance(request, bytes) else request.SerializeToString()
        if short in STREAMS:
            call = self.channel.unary_stream(path, response_deserializer=reply.FromString)
            return list(call(raw, metadata=self.metadata(), timeout=timeout))
        call = self.channel.unary_unary(path, response_deserializer=reply.FromString)
        return call(raw, metadata=self.metadata(), timeout=timeout)

    def staff(self, username, roles, laboratory="JEW"):
        self("StaffService.CreateStaff", username=username, name=username.title(), password=PASSWORD,
             laboratory=laboratory, roles=[f"ROLE_{role}" for role in roles])
