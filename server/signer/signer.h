// SPDX-License-Identifier: Apache-2.0
// All that the signer holds: made at its start, kept until its end.
#pragma once

#include "signer/identity.h"
#include "signer/mark.h"
#include "signer/signing_keys.h"

struct signer {
    struct identity identity; // of the seal
    struct signing_keys keys;
    struct mark_file mark;
    const char *origin; // of the log: "HOST/log"
};
