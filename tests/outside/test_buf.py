# SPDX-License-Identifier: Apache-2.0
"""Clients that know nothing of Touchstone: `buf curl` by reflection over TLS, `buf lint`, and curl's own
HTTP/2 for the plain paths."""
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from tests.outside.case import Outside
from tests.support import paths
from tests.support.daemon import PASSWORD, Failed

RUN_S = 120


def buf():
    """The program of the package @bufbuild/buf, as tests/outside/package-lock.json names it."""
    if not shutil.which("node"):
        raise unittest.SkipTest("there is no node here")
    found = paths.node_modules() / ".bin" / "buf"
    if not found.exists():
        raise Failed("buf is not in build/node: run tests/support/node_modules.sh")
    return found


class BufCurl(Outside):
    walked = False

    def curl(self, method, body=None, token=None, protocol="grpc"):
        command = [buf(), "curl", "--cacert", self.daemon.certificate, "--protocol", protocol, "--reflect-protocol",
                   "grpc-v1"]
        if token:
            command += ["--header", f"authorization: Bearer {token}"]
        command += ["--data", json.dumps(body or {}), f"https://localhost:{self.daemon.port}/{method}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=RUN_S,
                              env=dict(os.environ, HOME=str(self.daemon.directory)))

    def test_buf_curl_logs_in_and_asks_by_reflection(self):
        done = self.curl("touchstone.v1.StaffService/Login", dict(username="manager", password=PASSWORD))
        self.assertEqual(done.returncode, 0, done.stderr)
        token = json.loads(done.stdout)["token"]
        done = self.curl("touchstone.v1.CatalogueService/ListLaboratories", token=token)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("JEW", [lab["laboratory"] for lab in json.loads(done.stdout)["laboratories"]])

    def test_buf_curl_prints_the_error_with_its_details(self):
        done = self.curl("touchstone.v1.StaffService/Login", dict(username="Not A Name", password="x"))
        self.assertNotEqual(done.returncode, 0)
        told = json.loads(done.stderr)
        self.assertEqual(told["code"], "invalid_argument")
        self.assertIn("google.rpc.BadRequest", [detail["type"] for detail in told["details"]])

    def test_buf_curl_lists_every_method(self):
        done = subprocess.run([buf(), "curl", "--cacert", self.daemon.certificate, "--protocol", "grpc", "--list-methods",
                               f"https://localhost:{self.daemon.port}"], capture_output=True, text=True, timeout=RUN_S,
                              env=dict(os.environ, HOME=str(self.daemon.directory)))
        self.assertEqual(done.returncode, 0, done.stderr)
        listed = set(done.stdout.split())
        for path, _ in self.daemon.schema.methods():
            self.assertIn(path[1:], listed)

    def test_buf_curl_does_not_trust_another_authority(self):
        other = self.daemon.directory / "other.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-keyout", "/dev/null", "-out", other], check=True,
                       capture_output=True)
        done = subprocess.run([buf(), "curl", "--cacert", other, "--protocol", "grpc", "--list-services",
                               f"https://localhost:{self.daemon.port}"], capture_output=True, text=True, timeout=RUN_S,
                              env=dict(os.environ, HOME=str(self.daemon.directory)))
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "")


class BufLint(unittest.TestCase):
    def test_buf_lint_passes(self):
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run([buf(), "lint"], cwd=paths.ROOT / "proto", capture_output=True, text=True,
                                  timeout=RUN_S, env=dict(os.environ, HOME=home))
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))


class Curl(Outside):
    walked = False

    def curl(self, path, *options):
        """(status, HTTP version, headers, body)"""
        heads = pathlib.Path(self.daemon.directory) / "heads"
        done = subprocess.run(["curl", "--silent", "--show-error", "--http2", "--max-time", "30", "--cacert",
                               self.daemon.certificate, "--dump-header", heads, "--write-out",
                               "\n%{http_code} %{http_version}", *options,
                               f"https://localhost:{self.daemon.port}{path}"], capture_output=True, timeout=RUN_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        body, _, told = done.stdout.rpartition(b"\n")
        status, version = told.decode().split()
        headers = dict(line.split(": ", 1) for line in heads.read_text().splitlines() if ": " in line)
        return int(status), version, headers, body

    def test_readyz_and_livez_answer_200_over_http2(self):
        for path in ("/readyz", "/livez"):
            status, version, headers, body = self.curl(path)
            self.assertEqual((status, version), (200, "2"))
            self.assertTrue(headers["content-type"].startswith("text/plain"))
            self.assertTrue(body)

    def test_head_answers_without_a_body(self):
        status, _, _, body = self.curl("/readyz", "--head", "--output", "/dev/null")
        self.assertEqual((status, body), (200, b""))

    def test_another_path_is_404(self):
        for path in ("/metrics", "/index.html", "/readyz/", "/touchstone.v1.StaffService/WhoAmI"):
            self.assertEqual(self.curl(path)[0], 404, path)

    def test_the_host_alone_leads_to_the_page_that_checks_a_sheet(self):
        status, _, headers, _ = self.curl("/")
        self.assertEqual((status, headers["location"]), (302, "/s"))
        self.assertIn(b"<html", self.curl("/s")[3])

    def test_a_page_travels_by_gzip_to_who_takes_it(self):
        _, _, plain, page = self.curl("/s/verify.js")
        self.assertNotIn("content-encoding", plain)
        for accepted, is_packed in (("gzip, deflate, br", True), ("br,gzip", True), ("gzip", True), ("gzip;q=0", False), ("br", False), ("x-gzipped", False)):
            status, _, headers, body = self.curl("/s/verify.js", "--header", f"accept-encoding: {accepted}")
            self.assertEqual((status, headers.get("content-encoding")), (200, "gzip" if is_packed else None), accepted)
            self.assertEqual((headers["vary"], int(headers["content-length"])), ("accept-encoding", len(body)))
            self.assertEqual(gzip.decompress(body) if is_packed else body, page)
            again = self.curl("/s/verify.js", "--header", f"accept-encoding: {accepted}", "--header", f"if-none-match: {headers['etag']}")
            self.assertEqual((again[0], again[3]), (304, b""))

    def test_what_a_phone_loads_for_its_first_verdict_is_below_100_kilobytes(self):
        loaded = ("/s", "/t", "/s/base.js", "/s/verify.js", "/s/track.js", "/s/page.css", "/s/icon.svg", "/s/manifest.webmanifest", "/s/sw.js", "/s/data.json")
        until = time.monotonic() + 60
        while self.curl("/s/data.json")[0] != 200:  # it comes with the log's first checkpoint
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)
        sizes = {path: len(self.curl(path, "--header", "accept-encoding: gzip")[3]) for path in loaded}
        self.assertLess(sum(sizes.values()), 100_000, sizes)
        self.assertGreater(min(sizes.values()), 100, sizes)

    def test_a_post_that_is_not_grpc_is_415(self):
        for path in ("/touchstone.v1.StaffService/WhoAmI", "/readyz"):
            status, _, _, _ = self.curl(path, "--data", "{}", "--header", "content-type: application/json")
            self.assertEqual(status, 415, path)

    def test_another_verb_is_405(self):
        for verb in ("PUT", "DELETE", "PATCH"):
            self.assertEqual(self.curl("/readyz", "--request", verb)[0], 405, verb)

    def test_tls_1_2_is_allowed_and_1_1_is_not(self):
        self.assertEqual(self.curl("/livez", "--tls-max", "1.2")[0], 200)
        self.assertEqual(self.curl("/livez", "--tlsv1.3")[0], 200)
        done = subprocess.run(["curl", "--silent", "--max-time", "30", "--cacert", self.daemon.certificate,
                               "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0",
                               f"https://localhost:{self.daemon.port}/livez"], timeout=RUN_S)
        self.assertNotEqual(done.returncode, 0)

    def test_http_1_1_is_not_spoken(self):
        done = subprocess.run(["curl", "--silent", "--http1.1", "--max-time", "30", "--cacert",
                               self.daemon.certificate, f"https://localhost:{self.daemon.port}/livez"],
                              timeout=RUN_S)
        self.assertNotEqual(done.returncode, 0)

    def test_plaintext_to_the_tls_port_is_dropped_and_harms_nobody(self):
        done = subprocess.run(["curl", "--silent", "--http2-prior-knowledge", "--max-time", "30",
                               f"http://localhost:{self.daemon.port}/livez"], timeout=RUN_S)
        self.assertNotEqual(done.returncode, 0)
        self.still_serves()


if __name__ == "__main__":
    unittest.main()
