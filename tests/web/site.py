# SPDX-License-Identifier: Apache-2.0
"""A laboratory's public side on loopback: the pages with their real headers, the log as files, PublicService by hand.

Every request is kept as it came, so that a test can say what left the browser. `changed` puts other bytes (or None: 404)
in a file's place; what is asked for of `stalled` gets no answer before `go_on` is set.
"""
import contextlib
import http.server
import importlib.util
import json
import pathlib
import socket
import subprocess
import tempfile
import threading

from tests.support import paths

HERE = paths.ROOT / "tests" / "web"
TYPES = {"checkpoint": "text/plain; charset=utf-8", "data.json": "application/json"}


def embed():
    """client/web/embed.py, which makes the pages."""
    found = importlib.util.spec_from_file_location("embed", paths.ROOT / "client" / "web" / "embed.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, content, headers):
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(content)), "x-content-type-options": "nosniff",
                            "referrer-policy": "no-referrer"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def setup(self):
        super().setup()
        self.server.site.open.add(self.connection)

    def do_GET(self):
        self.server.site.requests.append((self.requestline, "", str(self.headers)))
        path = self.path.split("?")[0]
        if path in self.server.site.stalled:
            self.server.site.go_on.wait()
        status, content, headers = self.server.site.file(path)
        self.answer(status, content, headers)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self.server.site.requests.append((self.requestline, body, str(self.headers)))
        status, told = self.server.site.call(self.path.rsplit("/", 1)[1], json.loads(body))
        if isinstance(told, bytes):
            self.answer(status, told, {"content-type": "application/pdf"})
        else:
            self.answer(status, json.dumps(told).encode(), {"content-type": "application/json"})


class Site:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        subprocess.run(["node", HERE / "maker" / "world.js", self.root], check=True, timeout=60)
        self.cases = json.loads((self.root / "cases.json").read_text())
        self.module = embed()
        self.pages = {path: (content, kind, policy, name) for path, name, kind, policy, content
                      in self.module.assets(paths.ROOT / "client" / "web")}
        self.changed, self.requests, self.calls, self.open = {}, [], {}, set()
        self.stalled, self.go_on = set(), threading.Event()
        self.server = None
        self.port = 0
        self.start()

    def start(self):
        http.server.ThreadingHTTPServer.allow_reuse_address = True
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.site = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        for connection in self.open:  # what a browser keeps open would be answered on
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def close(self):
        self.stop()
        self.folder.cleanup()

    @property
    def address(self):
        return f"http://localhost:{self.port}"

    def data(self):
        """s/data.json with the host that this site has."""
        return (self.root / "data.json").read_bytes()

    def offline_page(self):
        """The page as one file, filled as the daemon fills it."""
        content = self.pages["/s/offline.html"][0]
        return content.replace(self.module.MARKER.encode(), self.data().replace(b"<", b"\\u003c"))

    def file(self, path):
        if path in self.changed:
            content = self.changed[path]
            return (404, b"", {}) if content is None else (200, content, {"content-type": "application/octet-stream"})
        if path == "/s/offline.html":
            return 200, self.offline_page(), {"content-type": "text/html; charset=utf-8", "content-security-policy": self.pages[path][2]}
        if path in self.pages:
            content, kind, policy, name = self.pages[path]
            more = {"service-worker-allowed": "/"} if name == "sw.js" else {}
            return 200, content, {"content-type": kind, "content-security-policy": policy, "cache-control": "no-cache", **more}
        if path == "/s/data.json":
            return 200, self.data(), {"content-type": "application/json", "cache-control": "no-cache"}
        kept = self.root / path.lstrip("/")
        if path.startswith("/log/") and ".." not in path and kept.is_file():
            return 200, kept.read_bytes(), {"content-type": TYPES.get(kept.name, "application/octet-stream")}
        return 404, b"", {}

    def call(self, method, request):
        answer = self.calls.get(method)
        if answer is None:
            return 404, {"code": "NOT_FOUND", "reason": "SHEET_UNKNOWN", "message": "No sheet of this number is issued here."}
        return answer(request) if callable(answer) else (200, answer)
