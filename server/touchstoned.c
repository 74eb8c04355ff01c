// SPDX-License-Identifier: Apache-2.0
// The product's main().
#include "main.h"

int main(int argc, char **argv)
{
    return main_run(argc, argv, &(struct serve_extra){.methods = NULL, .count = 0});
}
