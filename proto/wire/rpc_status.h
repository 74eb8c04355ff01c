// SPDX-License-Identifier: Apache-2.0
// struct ts_error as google.rpc.Status, the content of the trailer grpc-status-details-bin: an ErrorInfo with
// reason, domain "touchstone" and metadata, and a BadRequest when fields were wrong (AIP-193). The daemon
// writes it, the client reads it back.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RPC_STATUS_DOMAIN "touchstone"

struct arena;
struct ts_error;

// False only without memory.
bool rpc_status_write(const struct ts_error *status, struct arena *arena, uint8_t **ret_bytes,
                      size_t *ret_length);
// Reads what any server sent: details of other types are left out, long texts cut. False when the bytes are
// no Status, or without memory; ret_status is then untouched.
bool rpc_status_read(const uint8_t *bytes, size_t length, struct arena *arena, struct ts_error *ret_status);
