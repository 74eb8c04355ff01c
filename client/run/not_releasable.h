// SPDX-License-Identifier: Apache-2.0
// Why an item is not among those that wait for a signatory: what its tests are, and so what must be done
// first.
#pragma once

#include <stdbool.h>

struct client;
struct rpc_outcome;

// Fits version_source.explain. Always returns false, with *ret_outcome: FAILED_PRECONDITION with the server's
// own reasons (SHEET_ISSUED, ITEM_NOT_REVIEWED), or NOT_FOUND.
bool not_releasable_explain(struct client *client, const char *item_code, struct rpc_outcome *ret_outcome);
