// SPDX-License-Identifier: Apache-2.0
// An answer that is shown: the message, and the arena that it lives in.
#pragma once

#include <protobuf-c/protobuf-c.h>

struct arena;

struct held {
    struct arena *arena;
    ProtobufCMessage *message;
};
