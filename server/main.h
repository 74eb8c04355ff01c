// SPDX-License-Identifier: Apache-2.0
// The whole program but its main(): the product's main and the test build's main (with the interop rows)
// are one line each.
#pragma once

#include "serve.h"

// Exit status: 0 done, 1 failed, 2 wrong usage or configuration.
int main_run(int argc, char **argv, const struct serve_extra *extra);
