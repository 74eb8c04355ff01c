// SPDX-License-Identifier: Apache-2.0
// From a released record to a sealed sheet, in the background: take the oldest frozen sheet, have it
// drawn, have it sealed, store it. Every state is idempotent by (sheet, revision): whatever dies on the
// way, the lease ends and the sheet is taken again.
#pragma once

#include "rpc/method.h"
#include "wire/error.h"

#include <stddef.h>
#include <stdint.h>

struct db_pool;
struct helper;
struct helper_config;
struct rpc_call;
struct sheet_works;
struct uv_loop_s;

// Hears when a helper cannot run, so that released sheets wait, and when all can again.
struct sheets_observer {
    void (*changed)(void *context, bool are_sealed);
    void *context;
};

struct sheets_config {
    const struct helper_config *renderer, *signer;
    const char *host; // in the codes of a sheet; borrowed
    struct sheets_observer observer;
};

struct sheet_works *sheets_create(struct uv_loop_s *loop, struct db_pool *pool,
                                  const struct sheets_config *config, struct ts_error *error);
// There may be something to do now.
void sheets_wake(struct sheet_works *works);
// The process that holds the keys; the log has it sign too. Borrowed.
struct helper *sheets_signer(struct sheet_works *works);
// For the metrics page: how often each helper process was started again.
void sheets_read_restarts(const struct sheet_works *works, uint64_t *ret_renderer, uint64_t *ret_signer);
// The host in the codes of sheets, borrowed.
const char *sheets_host(const struct sheet_works *works);
// A picture of the renderer, which draws it between two sheets: a packed RenderRequest. Returns the number to
// ask for it by, 0 while the renderer is busy or a sheet comes first: ask again.
uint64_t sheets_ask_picture(struct sheet_works *works, const uint8_t *request, size_t length);
enum sheets_picture { SHEETS_PICTURE_DRAWING, SHEETS_PICTURE_DONE, SHEETS_PICTURE_LOST };
// The packed RenderReply, until control goes back to the loop; untaken it is kept for a second. LOST: another
// was drawn since, or the renderer died.
enum sheets_picture sheets_take_picture(struct sheet_works *works, uint64_t number, const uint8_t **ret_reply,
                                        size_t *ret_length);
// Stops taking sheets and ends the helpers; frees once the loop has run.
void sheets_free(struct sheet_works *works);

// The last stage of ReleaseSheet: the answer, and a wake.
struct rpc_verdict sheets_released(struct rpc_call *call);
