# SPDX-License-Identifier: Apache-2.0
"""Reads Prometheus text (exposition format 0.0.4) as strictly as promtool, for tests of the admin socket."""
import re
import subprocess

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf'({NAME})(?:\{{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\}})? (-?[0-9.]+)')
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')
HEAD = re.compile(rf"# (HELP|TYPE) ({NAME}) (\S.*)")
SUFFIXES = ("_bucket", "_sum", "_count")


class Malformed(AssertionError):
    pass


def family_of(name, kinds):
    for suffix in SUFFIXES:
        base = name.removesuffix(suffix)
        if base != name and kinds.get(base) == "histogram":
            return base
    return name


def parse(text):
    """{(name, labels as a sorted tuple of pairs): number}; raises Malformed for what a collector would refuse."""
    samples, kinds, helps, seen, current = {}, {}, set(), set(), None
    if not text.endswith("\n"):
        raise Malformed("the last line has no end")
    for line in text.splitlines():
        if head := HEAD.fullmatch(line):
            what, name, rest = head.groups()
            if name != current and name in seen:
                raise Malformed(f"the family {name} is torn apart")
            current = name
            seen.add(name)
            if what == "HELP":
                helps.add(name)
            elif rest not in ("counter", "gauge", "histogram") or name in kinds:
                raise Malformed(line)
            else:
                kinds[name] = rest
            continue
        sample = SAMPLE.fullmatch(line)
        if not sample or family_of(sample[1], kinds) != current or current not in kinds or current not in helps:
            raise Malformed(line)
        key = sample[1], tuple(sorted(LABEL.findall(sample[2] or "")))
        if key in samples:
            raise Malformed(f"twice: {line}")
        samples[key] = float(sample[3])
    check(samples, kinds)
    return samples


def check(samples, kinds):
    for (name, labels), value in samples.items():
        kind = kinds[family_of(name, kinds)]
        if kind == "counter" and (value < 0 or not name.endswith("_total")):
            raise Malformed(f"the counter {name} is {value}")
        if kind == "histogram" and name.endswith("_count"):
            check_buckets(samples, name.removesuffix("_count"), labels, value)


def check_buckets(samples, name, labels, count):
    buckets = []
    for (other, others), value in samples.items():
        bound = dict(others).get("le")
        if other == name + "_bucket" and tuple(pair for pair in others if pair[0] != "le") == labels:
            buckets.append((float(bound.replace("+Inf", "inf")), value))
    buckets.sort()
    values = [value for _, value in buckets]
    if not buckets or buckets[-1] != (float("inf"), count) or values != sorted(values):
        raise Malformed(f"the buckets of {name} {labels} do not add up")
    if (name + "_sum", labels) not in samples:
        raise Malformed(f"{name} has no sum")


def fetch(socket):
    """What curl reads from the admin socket, parsed."""
    done = subprocess.run(["curl", "-sS", "--fail", "--max-time", "10", "--unix-socket", str(socket),
                           "http://localhost/metrics"], capture_output=True, text=True)
    if done.returncode != 0:
        raise Malformed(done.stderr)
    return parse(done.stdout)


def value(samples, name, **labels):
    """0 when there is none: a counter that nobody has added to need not be there."""
    return samples.get((name, tuple(sorted(labels.items()))), 0)
