# SPDX-License-Identifier: Apache-2.0
"""What meson's target `bench` runs: the package as if from the top of the checkout, options from $BENCH."""
import os
import pathlib
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.bench import __main__ as bench  # noqa: E402

sys.exit(bench.main(sys.argv[1:] + shlex.split(os.environ.get("BENCH", ""))))
