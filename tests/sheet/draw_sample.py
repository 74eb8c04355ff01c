#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws and seals a record with the built programs: draw_sample.py OUTPUT.pdf [RECORD.json [PHOTO]]"""
import json
import pathlib
import shutil
import sys
import tempfile

import support


def main():
    output, *rest = sys.argv[1:]
    photo = pathlib.Path(rest[1]).read_bytes() if len(rest) > 1 else support.ring_photo() if not rest else b""
    record = json.loads(pathlib.Path(rest[0]).read_text(encoding="utf-8")) if rest else support.sample_record(photo)
    with support.Renderer() as renderer:
        drawn = renderer.draw(record, photo)
    if not isinstance(drawn, tuple):
        sys.exit(drawn or "the renderer ended without an answer")
    with tempfile.TemporaryDirectory() as folder:
        with support.Signer("--channel", "--demonstration", folder + "/key") as signer:
            shutil.copyfile(support.seal(drawn[0], record, signer, folder), output)
    print(f"{output}: {drawn[1]} page(s), {pathlib.Path(output).stat().st_size} bytes")


main()
