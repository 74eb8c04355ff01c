// SPDX-License-Identifier: Apache-2.0
// touchstoned validate FILE.csv ... [--report FILE] [--catalogue DIR]: a laboratory runs its reference data
// through the engine. Needs no database, no configuration and no network. Called by main.c.
#pragma once

// `argv` begins with the word "validate". Prints each row that differs and "N passed, N failed" as the last
// line. Answers 0 when all agreed, 1 when one did not, 2 for wrong usage, a file that cannot be read or is of
// no known form, and a report that cannot be written; -1 asks the caller to print its usage.
int validate_run(int argc, char **argv);
