#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the fuzz targets of tests/fuzz and runs each for a while, one after the other.

python3 -m tests.support.fuzzers [--engine libfuzzer|afl] [--seconds 60] [--folder build/fuzz] [TARGET...]

Prints a row per target and ends with 1 when one of them found something: the input lies in FOLDER/TARGET, and its
line of hex, once the cause is mended, in tests/fuzz/corpus/TARGET.hex. --merge adds to the corpus files from what a
run has learnt: inputs that reach something of their own, none large, and not more than a repository should carry.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests/fuzz/corpus"
COMPILER = {"libfuzzer": "clang-14", "afl": "afl-clang-fast"}
MERGED_INPUT_BYTES, MERGED_BYTES = 2000, 12000
MEMORY_MB = 2048
INPUT_S = 20
ENVIRONMENT = {"AFL_NO_UI": "1", "AFL_SKIP_CPUFREQ": "1", "AFL_NO_AFFINITY": "1", "AFL_BENCH_UNTIL_CRASH": "1",
               "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1"}


@dataclass
class Run:
    target: str
    seconds: float
    executions: int
    finding: str  # "" when there is none


def environment():
    """Without what a test run sets for its own sanitizers: a fuzzer sets them as it needs them."""
    left = {name: text for name, text in os.environ.items() if name not in ("ASAN_OPTIONS", "UBSAN_OPTIONS")}
    return left | ENVIRONMENT


def missing(engine="libfuzzer"):
    """Why the fuzzers cannot be built here, or None."""
    probe = "int LLVMFuzzerTestOneInput(const char *d, unsigned long s); " \
            "int LLVMFuzzerTestOneInput(const char *d, unsigned long s) { return !d && s; }"
    command = [COMPILER[engine], "-fsanitize=fuzzer,address,undefined", "-x", "c", "-", "-o", os.devnull]
    try:
        done = subprocess.run(command, input=probe, capture_output=True, text=True, env=environment())
    except FileNotFoundError:
        return f"{COMPILER[engine]} is not installed"
    return None if done.returncode == 0 else f"{COMPILER[engine]} has no runtime: {done.stderr.strip()[-300:]}"


def build(folder, engine="libfuzzer"):
    env = environment() | {"CC": COMPILER[engine]}
    subprocess.run(["tests/support/configure.sh", str(folder), f"-Dfuzzer={engine}", "-Db_lundef=false",
                    "-Doptimization=1"],
                   cwd=ROOT, env=env, check=True)
    done = subprocess.run(["ninja", "-C", str(folder), "fuzzers"], env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"the fuzzers do not build:\n{done.stdout[-3000:]}")


def targets(folder):
    found = (folder / "tests/fuzz").glob("fuzz_*")
    return sorted(path.name.removeprefix("fuzz_") for path in found if path.is_file() and os.access(path, os.X_OK))


def inputs(folder, target, place):
    """Lays the corpus and the seeds out as files, which is how a fuzzer wants them."""
    place.mkdir(parents=True, exist_ok=True)
    lines = (CORPUS / f"{target}.hex").read_text(encoding="ascii").split()
    for number, line in enumerate(lines):
        (place / f"corpus-{number:04}").write_bytes(bytes.fromhex(line))
    for seed in (folder / "tests/fuzz").glob(f"{target}.*.seed"):
        (place / seed.name).write_bytes(seed.read_bytes())


def run_libfuzzer(folder, target, seconds):
    place = folder / "found" / target
    learnt = folder / "learnt" / target
    place.mkdir(parents=True, exist_ok=True)
    inputs(folder, target, learnt)
    began = time.monotonic()
    log = place / "log"
    with open(log, "wb") as out:
        code = subprocess.run(
            [folder / "tests/fuzz" / f"fuzz_{target}", f"-max_total_time={seconds}", "-print_final_stats=1",
             f"-rss_limit_mb={MEMORY_MB}", f"-timeout={INPUT_S}", f"-artifact_prefix={place}/", learnt],
            stdout=out, stderr=subprocess.STDOUT, env=environment()).returncode
    text = log.read_text(errors="replace")
    counted = re.search(r"number_of_executed_units:\s*(\d+)", text)
    return Run(target, time.monotonic() - began, int(counted.group(1)) if counted else 0,
               f"exit code {code}, see {log}\n{text[-3000:]}" if code else "")


def run_afl(folder, target, seconds):
    place, learnt = folder / "found" / target, folder / "learnt" / target
    place.mkdir(parents=True, exist_ok=True)
    inputs(folder, target, learnt)
    began = time.monotonic()
    log = place / "log"
    with open(log, "wb") as out:
        code = subprocess.run(
            ["afl-fuzz", "-i", learnt, "-o", place, "-V", str(seconds), "-t", str(1000 * INPUT_S), "-m", "none", "--",
             folder / "tests/fuzz" / f"fuzz_{target}"],
            stdout=out, stderr=subprocess.STDOUT, env=environment()).returncode
    told = place / "default/fuzzer_stats"
    stats = dict(re.findall(r"(\w+)\s*:\s*(.*)", told.read_text())) if told.is_file() else {}
    found = int(stats.get("saved_crashes", 0)) + int(stats.get("saved_hangs", 0))
    finding = f"{found} inputs, see {place}/default" if found else ""
    if not stats:
        finding = f"exit code {code}, see {log}\n{log.read_text(errors='replace')[-3000:]}"
    return Run(target, time.monotonic() - began, int(stats.get("execs_done", 0)), finding)


RUN = {"libfuzzer": run_libfuzzer, "afl": run_afl}


def run(folder, target, seconds, engine="libfuzzer"):
    return RUN[engine](folder, target, seconds)


def spread(entries):
    """As many as fit, of all lengths."""
    fitting = sorted((entry for entry in entries if 0 < len(entry) <= MERGED_INPUT_BYTES), key=lambda x: (len(x), x))
    step = 1
    while sum(map(len, fitting[::step])) > MERGED_BYTES:
        step += 1
    return fitting[::step]


def merge(folder, target):
    """The corpus with what was learnt. The seeds are the build's and stay out."""
    merged = folder / "merged" / target
    shutil.rmtree(merged, ignore_errors=True)
    merged.mkdir(parents=True)
    subprocess.run([folder / "tests/fuzz" / f"fuzz_{target}", "-merge=1", merged, folder / "learnt" / target],
                   check=True, capture_output=True, env=environment())
    path = CORPUS / f"{target}.hex"
    known = set(path.read_text(encoding="ascii").split())
    known |= {entry.hex() for entry in spread({found.read_bytes() for found in merged.iterdir()})}
    path.write_text("".join(f"{line}\n" for line in sorted(known, key=lambda x: (len(x), x))), encoding="ascii")


def arguments():
    parser = argparse.ArgumentParser(prog="fuzzers", description=__doc__)
    parser.add_argument("--engine", choices=sorted(RUN), default="libfuzzer")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--folder", type=pathlib.Path, help="of the build")
    parser.add_argument("--merge", action="store_true", help="write what was learnt into tests/fuzz/corpus")
    parser.add_argument("target", nargs="*")
    return parser.parse_args()


def main():
    args = arguments()
    folder = (args.folder or ROOT / "build" / args.engine).resolve()
    if why := missing(args.engine):
        sys.exit(why)
    build(folder, args.engine)
    failed = False
    for target in args.target or targets(folder):
        done = run(folder, target, args.seconds, args.engine)
        failed = failed or bool(done.finding)
        print(f"| {target} | {done.executions} | {done.seconds:.0f} s | {done.finding or 'none'} |", flush=True)
        if args.merge and not done.finding:
            merge(folder, target)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
