// SPDX-License-Identifier: Apache-2.0
// Pictures of items: the newest of a watched folder, one that a document camera takes, or a file that is
// named. What the terminal finds is told here; what is wanted of it stands here until it takes it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct desk;

enum { PICTURES_PATH = 512 };

struct pictures {
    // "" = none is watched, no camera is there.
    char folder[PICTURES_PATH], camera[PICTURES_PATH];
    // The newest that nobody has used yet; "" = none.
    char path[PICTURES_PATH];
    // How many came since one was used.
    unsigned count;
    // When the newest that was seen was written; older ones are not new.
    int64_t seen_ns;
    bool is_shooting;
    // For the terminal, which takes them and empties them.
    bool wants_shot;
    char wants_view[PICTURES_PATH];
};

// A file of the folder or of the camera that was not there before.
void pictures_found(struct desk *desk, const char *path, int64_t written_ns);
// The camera has taken none: why.
void pictures_failed(struct desk *desk, const char *why);

// Ctrl-P: the new picture to the item that is shown or taken in; without one the camera takes it, or a file
// is named.
void pictures_take(struct desk *desk);
// Ctrl-V: shows the picture before it is sent.
void pictures_view(struct desk *desk);
// JPEG or PNG of a size that is taken; else it is told what is wrong.
bool pictures_check(struct desk *desk, const char *path);
// Those of the intake that is open; the cursor goes to the first that is wrong.
bool pictures_are_fine(struct desk *desk);
// It was used: the next one is new.
void pictures_used(struct desk *desk);
