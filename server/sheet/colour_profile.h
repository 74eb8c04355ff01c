// SPDX-License-Identifier: Apache-2.0
// An sRGB profile (ICC.1:2010, version 4) of our own making: matrix and curve, nothing that changes with the
// clock or a library. PDF/A asks for one.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { COLOUR_PROFILE_BYTES = 560 };

// Returns the length, at most COLOUR_PROFILE_BYTES.
size_t colour_profile_write(uint8_t ret_bytes[COLOUR_PROFILE_BYTES]);
