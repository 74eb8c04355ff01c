// SPDX-License-Identifier: Apache-2.0
// Whether the public files that were written are still there: somebody may have cleaned up, or a disk was
// put back. Tiles are as long as they must be; of the others it is asked only whether they exist, as the
// publisher compares what can change.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct public_check {
    const char *directory; // of the public files; borrowed
    uint64_t size;         // of the checkpoint whose files are looked for
    int registry;          // its newest version
    uint64_t next;         // tile of level 0 to go on from; 0 again behind the last
    // What is missing: everything from this leaf on has to be written anew (`size`: nothing), registries from
    // this version on (0: none), status lists.
    uint64_t leaf;
    int version;
    bool has_no_status;
};

// Looks at up to `most` tiles of level 0, with what lies above them, from `next` on. Blocks.
void public_check_run(struct public_check *check, uint64_t most);
