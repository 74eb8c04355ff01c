# SPDX-License-Identifier: Apache-2.0
"""Runs protoc-c over every schema file that the programs need.

Called by meson. The .c files go flat into OUTDIR (meson knows them as outputs), the headers into
OUTDIR/include in the folders that the generated #include lines name. Each header includes the stamp, the only one
that meson knows: so ninja makes anew what includes any of them.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

STAMP_LINE = b'#include "messages.stamp.h"\n'


def find(proto, roots):
    for root in roots:
        path = pathlib.Path(root) / proto
        if path.exists():
            return path
    sys.exit(f"{proto}: not found below {', '.join(map(str, roots))}")


def main():
    _, protoc, protoc_c, proto_dir, grpc_include, outdir, depfile, *names = sys.argv
    roots = [proto_dir, "/usr/include", grpc_include]
    out = pathlib.Path(outdir)
    paths = [find(name + ".proto", roots) for name in names]
    with tempfile.TemporaryDirectory() as work:
        subprocess.run([protoc_c, *(f"-I{root}" for root in roots), f"--c_out={work}",
                        *(name + ".proto" for name in names)], check=True)
        for name in names:
            generated = pathlib.Path(work) / name
            header = out / "include" / (name + ".pb-c.h")
            header.parent.mkdir(parents=True, exist_ok=True)
            header.write_bytes(STAMP_LINE + generated.with_suffix(".pb-c.h").read_bytes())
            flat = name.replace("/", "_").replace(".", "_").replace("-", "_") + ".pb-c.c"
            shutil.copyfile(generated.with_suffix(".pb-c.c"), out / flat)
    (out / "messages.stamp.h").write_text("#pragma once\n")
    inputs = " ".join(str(p).replace(" ", "\\ ") for p in paths)
    target = str(out / "messages.stamp.h").replace(" ", "\\ ")
    pathlib.Path(depfile).write_text(f"{target}: {inputs}\n")


main()
