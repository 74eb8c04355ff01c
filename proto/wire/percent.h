// SPDX-License-Identifier: Apache-2.0
// Percent-encoding of grpc-message ("Responses" in the gRPC over HTTP/2 specification): printable ASCII but
// '%' stays, every other byte becomes %XX.
#pragma once

#include <stddef.h>

struct arena;

// NULL without memory.
char *percent_encode(const char *text, struct arena *arena);
// A '%' without two hex digits behind it stays as it is, as the specification asks. NULL without memory.
char *percent_decode(const char *text, size_t length, struct arena *arena);
