# SPDX-License-Identifier: Apache-2.0
"""Plain HTTP/2 requests for outside tests, by curl."""
import json
import subprocess


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


def ask(daemon, path, body=None, method=None, content_type="application/json", raw=None):
    """One request; `body` is sent as JSON, `raw` as it is."""
    command = ["curl", "--silent", "--show-error", "--http2", "--cacert", daemon.certificate, "--max-time", "60",
               "--dump-header", "-", f"https://localhost:{daemon.port}{path}", "--output", "-"]
    data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
    if method == "HEAD":  # curl refuses a body that comes with it
        command += ["--head"]
    elif method:
        command += ["--request", method]
    if data is not None:
        command += ["--data-binary", "@-", "--header", f"content-type: {content_type}"]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    head, _, rest = done.stdout.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return Answer(int(lines[0].split()[1]), headers, rest)
