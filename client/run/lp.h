// SPDX-License-Identifier: Apache-2.0
// Documents go to paper by CUPS's own program.
#pragma once

#include <sys/types.h>

// Starts lp with the file `fd` as its standard input; `printer` NULL = the ordinary one. Returns 0 or an
// errno value.
int lp_start(const char *title, const char *printer, int fd, pid_t *ret_pid);
