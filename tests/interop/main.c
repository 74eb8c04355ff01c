// SPDX-License-Identifier: Apache-2.0
// main() of the test build: the daemon with the rows of interop.c added. Never installed.
#include "main.h"

#include "interop.h"

int main(int argc, char **argv)
{
    return main_run(argc, argv,
                    &(struct serve_extra){.methods = interop_methods, .count = interop_method_count});
}
