#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws a record with the built renderer: draw_sample.py OUTPUT.pdf [RECORD.json [PHOTO]]"""
import json
import pathlib
import sys

import support


def main():
    output, *rest = sys.argv[1:]
    photo = pathlib.Path(rest[1]).read_bytes() if len(rest) > 1 else support.ring_photo() if not rest else b""
    record = json.loads(pathlib.Path(rest[0]).read_text(encoding="utf-8")) if rest else support.sample_record(photo)
    with support.Renderer() as renderer:
        drawn = renderer.draw(record, photo)
    if not isinstance(drawn, tuple):
        sys.exit(drawn or "the renderer ended without an answer")
    pathlib.Path(output).write_bytes(drawn[0])
    print(f"{output}: {drawn[1]} page(s), {len(drawn[0])} bytes")


main()
