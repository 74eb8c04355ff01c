# SPDX-License-Identifier: Apache-2.0
"""Where the checkout and the build under test are. TOUCHSTONE_BUILD names the build directory."""
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def build():
    return pathlib.Path(os.environ.get("TOUCHSTONE_BUILD", ROOT / "build" / "check")).resolve()


def node_modules():
    """Where tests/support/node_modules.sh put the modules of the outside clients."""
    return ROOT / "build" / "node" / "node_modules"
