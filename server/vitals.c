// SPDX-License-Identifier: Apache-2.0
// See vitals.h. Lag is how long one turn of the loop was busy: for so long an event that was ready may have
// waited for its turn. From one prepare to the next, less the time that libuv slept in poll.
#include "vitals.h"

#include "core/log.h"
#include "core/metrics.h"
#include "core/workers.h"
#include "db/gauges.h"
#include "db/pool.h"
#include "lab/issuing.h"
#include "lab/log_works.h"
#include "lab/sheets.h"
#include "lab/statements.h"
#include "net/server.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

enum { ASK_MS = 5000, HANDLES = 2, LABEL_BYTES = 32 };

struct vitals {
    struct vitals_sources from;
    uv_prepare_t turn;
    uv_timer_t ask;
    int closed;
    uint64_t turn_ns, idle_ns;
    struct db_ticket *question;
    struct metric *lag;
    struct metric *ready[DB_CLASS_COUNT], *in_flight[DB_CLASS_COUNT], *waiting[DB_CLASS_COUNT];
    struct metric *lost, *unknown;
    struct metric *workers_waiting, *workers_running;
    struct metric *queue_in, *queue_out;
    struct metric *renderer_restarts, *signer_restarts;
    struct metric *sheets_waiting, *sheets_stuck, *oldest_sheet, *issuing_halted, *certificate_ends;
    struct metric *cpu, *resident, *descriptors, *descriptors_most;
};

// ---- the loop

static void on_turn(uv_prepare_t *prepare)
{
    struct vitals *vitals = prepare->data;
    uint64_t now_ns = uv_hrtime(), idle_ns = uv_metrics_idle_time(prepare->loop);
    uint64_t slept_ns = idle_ns - vitals->idle_ns, turn_ns = now_ns - vitals->turn_ns;
    if (vitals->turn_ns && turn_ns > slept_ns)
        metrics_observe_us(vitals->lag, (turn_ns - slept_ns) / 1000);
    vitals->turn_ns = now_ns;
    vitals->idle_ns = idle_ns;
}

// ---- the sheets that wait

static void on_sheets(void *context, const struct db_outcome *outcome)
{
    struct vitals *vitals = context;
    vitals->question = NULL;
    if (outcome->kind != DB_DONE || PQntuples(outcome->result) != 1)
        return; // what was true last stays on the page
    metrics_set(vitals->sheets_waiting, atoll(PQgetvalue(outcome->result, 0, 0)));
    metrics_set(vitals->oldest_sheet, atoll(PQgetvalue(outcome->result, 0, 1)));
}

static void on_ask(uv_timer_t *timer)
{
    struct vitals *vitals = timer->data;
    if (!vitals->question && pool_is_ready(vitals->from.pool))
        vitals->question = pool_submit(vitals->from.pool, STATEMENT_SHEET_WORK_WAITING, NULL,
                                       uv_now(timer->loop) + ASK_MS, on_sheets, vitals, NULL);
}

// ---- the page

static void collect_pool(struct vitals *vitals)
{
    struct db_gauges gauges;
    pool_read_gauges(vitals->from.pool, &gauges);
    for (int i = 0; i < DB_CLASS_COUNT; i++) {
        metrics_set(vitals->ready[i], (int64_t)gauges.connections_ready[i]);
        metrics_set(vitals->in_flight[i], (int64_t)gauges.in_flight[i]);
        metrics_set(vitals->waiting[i], (int64_t)gauges.waiting[i]);
    }
    metrics_set(vitals->lost, (int64_t)gauges.connections_lost);
    metrics_set(vitals->unknown, (int64_t)gauges.answers_unknown);
}

static int64_t resident_bytes(void)
{
    long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (!statm)
        return 0;
    if (fscanf(statm, "%*s %ld", &pages) != 1)
        pages = 0;
    fclose(statm);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static int64_t open_descriptors(void)
{
    enum { DOTS_AND_ITSELF = 3 };
    int64_t count = -DOTS_AND_ITSELF;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count > 0 ? count : 0;
}

static void collect_process(struct vitals *vitals)
{
    struct rusage usage;
    struct rlimit most;
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        metrics_set(vitals->cpu, (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                                     usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    if (getrlimit(RLIMIT_NOFILE, &most) == 0)
        metrics_set(vitals->descriptors_most, (int64_t)most.rlim_cur);
    metrics_set(vitals->resident, resident_bytes());
    metrics_set(vitals->descriptors, open_descriptors());
}

void vitals_collect(void *context)
{
    struct vitals *vitals = context;
    uint64_t one = 0, other = 0;
    collect_pool(vitals);
    metrics_set(vitals->workers_waiting, (int64_t)workers_waiting(vitals->from.workers));
    metrics_set(vitals->workers_running, (int64_t)workers_running(vitals->from.workers));
    net_server_read_queued(vitals->from.server, &one, &other);
    metrics_set(vitals->queue_in, (int64_t)one);
    metrics_set(vitals->queue_out, (int64_t)other);
    sheets_read_restarts(vitals->from.sheets, &one, &other);
    metrics_set(vitals->renderer_restarts, (int64_t)one);
    metrics_set(vitals->signer_restarts, (int64_t)other);
    metrics_set(vitals->issuing_halted, log_works_halted(vitals->from.log) != NULL);
    metrics_set(vitals->sheets_stuck, (int64_t)log_works_issuing(vitals->from.log)->stuck);
    metrics_set(vitals->certificate_ends, log_works_issuing(vitals->from.log)->ends_s);
    collect_process(vitals);
}

// ---- beginning and end

static void register_pool(struct vitals *vitals)
{
    static const char *const names[DB_CLASS_COUNT] = {
        [DB_READ] = "read", [DB_SEARCH] = "search", [DB_WRITE] = "write", [DB_SLOW] = "slow"};
    struct metrics *metrics = vitals->from.metrics;
    for (int i = 0; i < DB_CLASS_COUNT; i++) {
        char label[LABEL_BYTES];
        snprintf(label, sizeof label, "class=\"%s\"", names[i]);
        vitals->ready[i] = metrics_gauge(metrics, "touchstone_database_connections", label,
                                         "Connections that take acts, by the class of their acts.");
        vitals->in_flight[i] =
            metrics_gauge(metrics, "touchstone_database_in_flight", label, "Acts sent and not yet answered.");
        vitals->waiting[i] =
            metrics_gauge(metrics, "touchstone_database_waiting", label, "Acts that wait for a connection.");
    }
    vitals->lost = metrics_counter(metrics, "touchstone_database_connections_lost_total", "",
                                   "Connections lost that had been ready.");
    vitals->unknown = metrics_counter(metrics, "touchstone_database_outcomes_unknown_total", "",
                                      "Writes sent whose answer never came.");
}

static void register_daemon(struct vitals *vitals)
{
    struct metrics *metrics = vitals->from.metrics;
    const char *queue = "touchstone_net_queue_bytes", *queue_help = "Held now by all connections.";
    const char *restarts = "touchstone_helper_restarts_total",
               *restarts_help = "Helper processes started again.";
    vitals->lag =
        metrics_histogram(metrics, "touchstone_loop_lag_seconds", "",
                          "How long one turn of the loop was busy; so long an event may have waited.");
    vitals->workers_waiting =
        metrics_gauge(metrics, "touchstone_workers_waiting", "", "Jobs that wait for a worker thread.");
    vitals->workers_running =
        metrics_gauge(metrics, "touchstone_workers_running", "", "Jobs on worker threads.");
    vitals->queue_in = metrics_gauge(metrics, queue, "direction=\"in\"", queue_help);
    vitals->queue_out = metrics_gauge(metrics, queue, "direction=\"out\"", queue_help);
    vitals->renderer_restarts = metrics_counter(metrics, restarts, "helper=\"render\"", restarts_help);
    vitals->signer_restarts = metrics_counter(metrics, restarts, "helper=\"signer\"", restarts_help);
    vitals->sheets_waiting =
        metrics_gauge(metrics, "touchstone_sheets_waiting", "", "Sheets released and not yet sealed.");
    vitals->issuing_halted = metrics_gauge(metrics, "touchstone_issuing_halted", "",
                                           "1 while no sheet can be issued; /readyz and the log say why.");
    vitals->sheets_stuck = metrics_gauge(metrics, "touchstone_sheets_stuck", "",
                                         "Sheets released that can never be entered in the log.");
    vitals->certificate_ends = metrics_gauge(metrics, "touchstone_seal_certificate_ends_seconds", "",
                                             "When the certificate of the seal ends, in Unix time.");
    vitals->oldest_sheet = metrics_gauge(metrics, "touchstone_sheets_oldest_seconds", "",
                                         "For how long the oldest of them has waited.");
    vitals->cpu =
        metrics_seconds(metrics, "process_cpu_seconds_total", "", "User and system CPU time spent.");
    vitals->resident = metrics_gauge(metrics, "process_resident_memory_bytes", "", "Resident memory size.");
    vitals->descriptors = metrics_gauge(metrics, "process_open_fds", "", "Open file descriptors.");
    vitals->descriptors_most = metrics_gauge(metrics, "process_max_fds", "", "Most file descriptors.");
}

struct vitals *vitals_create(struct uv_loop_s *loop, const struct vitals_sources *sources,
                             struct ts_error *error)
{
    struct vitals *vitals = calloc(1, sizeof *vitals);
    if (!vitals) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory to start.");
        return NULL;
    }
    vitals->from = *sources;
    register_pool(vitals);
    register_daemon(vitals);
    uv_prepare_init(loop, &vitals->turn);
    uv_timer_init(loop, &vitals->ask);
    vitals->turn.data = vitals->ask.data = vitals;
    uv_prepare_start(&vitals->turn, on_turn);
    uv_timer_start(&vitals->ask, on_ask, ASK_MS, ASK_MS);
    return vitals;
}

static void on_closed(uv_handle_t *handle)
{
    struct vitals *vitals = handle->data;
    if (++vitals->closed == HANDLES)
        free(vitals);
}

void vitals_free(struct vitals *vitals)
{
    if (!vitals)
        return;
    if (vitals->question)
        pool_orphan(vitals->question);
    uv_close((uv_handle_t *)&vitals->turn, on_closed);
    uv_close((uv_handle_t *)&vitals->ask, on_closed);
}
