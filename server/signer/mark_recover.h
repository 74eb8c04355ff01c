// SPDX-License-Identifier: Apache-2.0
// A mark that was lost, made again from a checkpoint that this signer signed: an act of the administrator,
// who vouches that it is the newest one.
#pragma once

#include "signer/signer.h"

// From the file of a checkpoint. CHECKPOINT_BROKEN when it is none of this log by the keys of this folder,
// MARK_AHEAD when a readable mark is as far already or farther.
bool mark_recover(const struct signer *signer, const char *path, struct mark *ret_mark,
                  struct ts_error *error);
