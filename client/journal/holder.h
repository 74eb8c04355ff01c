// SPDX-License-Identifier: Apache-2.0
// Which process has a file locked (flock), by what the system tells.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct holder {
    pid_t process;
    // How it was started, "touchstone desk"; only its program and first word.
    char command[80];
};

// False when the system does not tell it: another machine's lock, or one that has just gone.
bool holder_find(int fd, struct holder *ret_holder);
