# SPDX-License-Identifier: Apache-2.0
"""Runs one unittest module and reports each test as a line of JSON as soon as it ends.

Usage: python3 -m tests.support.check.unittest_job MODULE REPORT [SUBSTRING]. A file that is killed
half-way has still told how far it came. Sub-tests count as one test, which fails when one of them does.
"""
import json
import re
import resource
import sys
import unittest


class Report(unittest.TestResult):
    def __init__(self, stream):
        super().__init__()
        self.stream = stream
        self.planned = []
        self.told = set()
        self.texts = {}

    def tell(self, name, state, text=""):
        if name not in self.told:
            self.told.add(name)
            self.write({"name": name, "state": state, "text": text})

    def write(self, entry):
        self.stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self.stream.flush()

    def note(self, test, err):
        text = self._exc_info_to_string(err, test)
        print(f"FAILED {test.id()}\n{text}", flush=True)
        self.texts[test.id()] = self.texts.get(test.id(), "") + text

    # A fixture of a class or module (an _ErrorHolder) stands for the tests that it kept from running.
    def behind(self, holder):
        found = re.fullmatch(r"\w+ \((.*)\)", holder.id())
        prefix = found.group(1) if found else ""
        return [name for name in self.planned if name.startswith(prefix + ".") and name not in self.told]

    def addError(self, test, err):
        self.note(test, err)
        if not hasattr(test, "_testMethodName"):
            for name in self.behind(test) or [test.id()]:
                self.tell(name, "failed", self.texts[test.id()])

    def addFailure(self, test, err):
        self.note(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            print(f"FAILED {subtest.id()}", flush=True)
            self.texts[test.id()] = self.texts.get(test.id(), "") + str(subtest) + "\n"
            self.note(test, err)

    def addSkip(self, test, reason):
        print(f"SKIPPED {test.id()}: {reason}", flush=True)
        names = [test.id()] if hasattr(test, "_testMethodName") else self.behind(test)
        for name in names:
            self.tell(name, "skipped", reason)

    def addUnexpectedSuccess(self, test):
        self.texts[test.id()] = "unexpected success"

    def startTest(self, test):
        print(f"START {test.id()}", flush=True)

    def stopTest(self, test):
        failed = test.id() in self.texts
        self.tell(test.id(), "failed" if failed else "passed", self.texts.get(test.id(), ""))


def flatten(suite):
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from flatten(entry)
        else:
            yield entry


def processor_s():
    """What it and all it started have used: the rest of its time it waited."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(sum(one.ru_utime + one.ru_stime for one in used), 1)


def main():
    module, path, *only = sys.argv[1:]
    suite = unittest.defaultTestLoader.loadTestsFromName(module)
    if only:
        suite = unittest.TestSuite(test for test in flatten(suite) if only[0] in test.id())
    with open(path, "w", encoding="utf-8") as stream:
        report = Report(stream)
        report.planned = [test.id() for test in flatten(suite)]
        report.write({"planned": report.planned})
        suite.run(report)
        report.write({"finished": True, "processor_s": processor_s()})
    sys.exit(1 if report.texts else 0)


if __name__ == "__main__":
    main()
