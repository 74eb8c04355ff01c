// SPDX-License-Identifier: Apache-2.0
// Removes what a killed initdb has left. Used by private_cluster.c.
#pragma once

#include <stdbool.h>

// The directory and everything below it, following no link. True when it is gone (or never was).
bool cluster_remove_tree(const char *path);
