// SPDX-License-Identifier: Apache-2.0
// The key of a write (RFC 9562 UUID, version 4).
#pragma once

#include <stdbool.h>

enum { REQUEST_ID_SIZE = 37 };

// False when the system gives no random bytes.
bool request_id_make(char ret_id[REQUEST_ID_SIZE]);
