// SPDX-License-Identifier: Apache-2.0
// The fuzz target of the HTTP/2 session, see its .c.
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
