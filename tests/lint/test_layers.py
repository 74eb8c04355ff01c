# SPDX-License-Identifier: Apache-2.0
"""Includes point only downward (docs/architecture.md, Layers) and never in a circle."""
import pathlib
import re
import unittest

from tests.lint import tree

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
# A folder, and what it may include besides itself, the wire and the generated messages.
SEES = {
    "proto/wire": [],
    "proto/evidence": [],
    "server/core": [],
    "server/net": ["core"],
    "server/db": ["core"],
    "server/auth": ["db", "core"],
    "server/number": [],
    "server/formula": ["number"],
    "server/instrument": ["formula", "core"],
    "server/judge": ["number"],
    "server/quality": ["number"],
    "server/validate": ["quality", "judge", "formula", "number", "core"],
    "server/sheet": ["judge", "core"],
    "server/rpc": ["net", "auth", "db", "web", "core"],
    "server/lab": ["rpc", "sheet", "quality", "instrument", "judge", "formula", "number", "auth", "db", "core"],
    "server/web": [],
    "server/helper": ["core"],
    "server/signer": ["helper", "core"],
    "server/render": ["helper", "quality", "core"],
}
SERVER_FOLDERS = sorted(folder.split("/")[1] for folder in SEES if folder.startswith("server/"))
GENERATED = ("touchstone/", "google/", "grpc/")
# The desk's model is tested without a terminal and without a server: what else of the client it may include.
DESK_SEES = ("desk/", "journal/", "message/", "files/", "text/", "run/request_id.h", "rpc/outcome.h", "wire/")
# The bench is the desk's guest: the desk never includes it.
PURE = {("client", "desk"): DESK_SEES, ("client", "bench"): ("bench/", *DESK_SEES)}


def layer_of(name):
    parts = name.parts
    if parts[0] == "client":
        return "client"
    return "/".join(parts[:2]) if len(parts) > 2 else "/".join(parts[:1]) + "/main"


def resolve(root, name, included):
    """The included file as a path of the tree, or None for what the build generates."""
    for base in (name.parent, pathlib.PurePosixPath("proto"), pathlib.PurePosixPath(name.parts[0]),
                 pathlib.PurePosixPath("server")):
        if (root / base / included).is_file():
            return pathlib.PurePosixPath(base / included)
    return None


def forbidden(name, included, target):
    """Why this #include is not allowed, or None."""
    layer = layer_of(name)
    if included.startswith(GENERATED):
        return None
    # What the build generates is judged by the folder in its #include line.
    folder = layer_of(target) if target else layer_of(pathlib.PurePosixPath("server") / included)
    if target is None and "/" not in included:
        return None
    sees = PURE.get(name.parts[:2])
    if sees and not included.startswith(sees):
        return f"{'/'.join(name.parts[:2])} is pure: it sees {', '.join(sees)}, not {included}"
    if folder in (layer, "proto/wire") or included.startswith("wire/"):
        return None
    if folder == "proto/evidence" and layer != "proto/wire":
        return None
    if layer == "server/main":
        return None if folder.startswith("server/") else f"server/main.c may not include {included}"
    if layer == "client":
        if target is None and included.split("/")[0] not in SERVER_FOLDERS:
            return None
        return f"the client sees only itself, the wire and the messages, not {included}"
    if layer not in SEES:
        return f"the folder {layer} has no layer; give it one in tests/lint/test_layers.py"
    if folder.split("/")[-1] in SEES[layer] and folder.startswith("server/"):
        return None
    allowed = ", ".join([*SEES[layer], "wire"])
    return f"{layer} may include {allowed}, not {included}: move what it needs down, or the caller up"


def includes(root):
    for name in tree.sources(root, ".c", ".h"):
        if name.parts[0] in ("proto", "server", "client"):
            for number, line in enumerate(tree.lines(root, name), 1):
                if found := INCLUDE.match(line):
                    yield name, number, found.group(1), resolve(root, name, found.group(1))


def upward(root):
    findings = []
    for name, number, included, target in includes(root):
        if why := forbidden(name, included, target):
            findings.append(f"{name}:{number}: {why}")
    return findings


def circle(graph):
    """One circle as a list of nodes, or None."""
    done, path = set(), []

    def visit(node):
        if node in path:
            return path[path.index(node):] + [node]
        if node in done:
            return None
        path.append(node)
        for other in sorted(graph.get(node, ())):
            if found := visit(other):
                return found
        path.pop()
        done.add(node)
        return None

    for node in sorted(graph):
        if found := visit(node):
            return found
    return None


def circles(root):
    """Among headers everywhere, and among the folders of the client."""
    headers, folders = {}, {}
    for name, _, _, target in includes(root):
        if target is None:
            continue
        if name.suffix == ".h":
            headers.setdefault(str(name), set()).add(str(target))
        if name.parts[0] == "client" and target.parts[0] == "client" and name.parent != target.parent:
            folders.setdefault(str(name.parent), set()).add(str(target.parent))
    findings = []
    for kind, graph in (("headers", headers), ("folders", folders)):
        if found := circle(graph):
            findings.append(f"{found[0]}:1: {kind} include each other in a circle: {' -> '.join(found)}")
    return findings


class Layers(unittest.TestCase):
    def test_no_include_points_upward(self):
        found = upward(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_no_includes_form_a_circle(self):
        found = circles(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_an_upward_include_is_found(self):
        bad = {"server/core/log.c": '#include "db/pool.h"\n', "server/db/pool.h": "",
               "server/judge/judge.c": '#include "core/log.h"\n', "server/core/log.h": '#include "wire/error.h"\n',
               "proto/wire/error.h": "", "client/main.c": '#include "core/log.h"\n',
               "server/net/tcp.c": '#include "db/pool.h"\n', "server/odd/odd.c": '#include "core/log.h"\n',
               "server/lab/desk.c": '#include "net/tcp.h"\n', "server/net/tcp.h": "",
               "proto/wire/text.c": '#include "evidence/note.h"\n', "proto/evidence/note.h": "",
               "server/lab/log.c": '#include "evidence/note.h"\n',
               "client/desk/desk.c": '#include "rpc/rpc.h"\n', "client/rpc/rpc.h": ""}
        with tree.made_of(bad) as root:
            places = [finding.split(": ")[0] for finding in upward(root)]
        self.assertEqual(places, ["client/desk/desk.c:1", "client/main.c:1", "proto/wire/text.c:1", "server/core/log.c:1", "server/judge/judge.c:1",
                                  "server/lab/desk.c:1", "server/net/tcp.c:1", "server/odd/odd.c:1"])

    def test_a_circle_is_found(self):
        bad = {"server/db/a.h": '#include "db/b.h"\n', "server/db/b.h": '#include "db/a.h"\n'}
        with tree.made_of(bad) as root:
            self.assertEqual(len(circles(root)), 1)

    def test_a_circle_of_client_folders_is_found(self):
        bad = {"client/a/a.c": '#include "b/b.h"\n', "client/b/b.c": '#include "a/a.h"\n',
               "client/a/a.h": "", "client/b/b.h": ""}
        with tree.made_of(bad) as root:
            self.assertEqual(len(circles(root)), 1)
