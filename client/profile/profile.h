// SPDX-License-Identifier: Apache-2.0
// A profile: which server, how it is trusted, at which desk and for which laboratory. Like a context of
// kubectl. Values come from flags, then TOUCHSTONE_* variables, then the configuration file.
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct ts_error;

struct profile {
    char name[64];
    // host:port
    char server[256];
    // PEM file of the authorities to trust; empty = those of the system.
    char ca[PATH_MAX];
    char desk[16];
    char laboratory[16];
    // For labels and slips, and for documents (a printer of CUPS): docs/printing.md. Empty = none, and the
    // ordinary one.
    char printer[201], paper[128];
    // The folder that pictures come into, and the command of a document camera: docs/desk.md.
    char pictures[512], camera[512];
};

// Reads one value of a flag: NULL = not given.
typedef const char *profile_flag(const void *context, const char *name);

// $XDG_CONFIG_HOME/touchstone/config, or below $HOME/.config.
bool profile_config_path(char ret_path[PATH_MAX], struct ts_error *error);

// Puts the profile together for this run. A profile named by flag or variable must exist in the file,
// or the server must be given by flag or variable.
bool profile_resolve(profile_flag *flag, const void *context, struct profile *ret_profile,
                     struct ts_error *error);

// Whether `name` can name a profile (and the file of its session).
bool profile_name_is_valid(const char *name);

// Calls `visit` for every profile of the file; `is_current` marks the one used without --profile.
bool profile_each(void (*visit)(void *context, const struct profile *profile, bool is_current), void *context,
                  struct ts_error *error);

// Sets one key of a profile in the file; key is one of those above.
bool profile_set(const char *name, const char *key, const char *value, struct ts_error *error);

// Makes the profile the one that is used without --profile. It must exist.
bool profile_use(const char *name, struct ts_error *error);
