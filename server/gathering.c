// SPDX-License-Identifier: Apache-2.0
// See gathering.h. Asked once in each turn of the loop. A turn often ends with all answers given and the next
// calls not yet come: so one such turn does not end a load.
#include "gathering.h"

#include "core/log.h"
#include "core/scheduling.h"
#include "db/gauges.h"
#include "db/pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { MANY_ACTS = 4, CALM_MS = 20 };

struct gathering {
    const struct db_pool *pool;
    uv_prepare_t turn;
    uint64_t busy_ms; // when there were many acts last, 0 = never
    bool is_refused;
};

static size_t acts_under_way(const struct db_pool *pool)
{
    struct db_gauges gauges;
    size_t acts = 0;
    pool_read_gauges(pool, &gauges);
    for (int i = 0; i < DB_CLASS_COUNT; i++)
        acts += gauges.in_flight[i] + gauges.waiting[i];
    return acts;
}

static void on_turn(uv_prepare_t *prepare)
{
    struct gathering *gathering = prepare->data;
    uint64_t now_ms = uv_now(prepare->loop);
    if (acts_under_way(gathering->pool) >= MANY_ACTS)
        gathering->busy_ms = now_ms;
    bool batch = gathering->busy_ms && now_ms - gathering->busy_ms < CALM_MS;
    if (gathering->is_refused || scheduling_set_batch(batch))
        return;
    gathering->is_refused = true; // loses nothing but the gain
    log_write(LOG_INFO, "scheduling_unchanged", "error",
              errno ? strerror(errno) : "another policy was chosen", NULL);
}

struct gathering *gathering_create(struct uv_loop_s *loop, const struct db_pool *pool, struct ts_error *error)
{
    struct gathering *gathering = calloc(1, sizeof *gathering);
    if (!gathering) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory to start.");
        return NULL;
    }
    gathering->pool = pool;
    uv_prepare_init(loop, &gathering->turn);
    gathering->turn.data = gathering;
    uv_prepare_start(&gathering->turn, on_turn);
    return gathering;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void gathering_free(struct gathering *gathering)
{
    if (gathering)
        uv_close((uv_handle_t *)&gathering->turn, on_closed);
}
