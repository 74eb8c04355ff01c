// SPDX-License-Identifier: Apache-2.0
// Wires the daemon: database, pool, workers, dispatcher, sheet works, listener, signals; and takes it apart
// in the opposite order. Holds no logic of its own beyond start, readiness, reload and drain.
#include "serve.h"

#include "core/config.h"
#include "core/directory.h"
#include "core/log.h"
#include "core/loop.h"
#include "core/metrics.h"
#include "core/metrics_socket.h"
#include "core/workers.h"
#include "database.h"
#include "db/pool.h"
#include "gathering.h"
#include "helpers.h"
#include "lab/board.h"
#include "lab/calculator.h"
#include "lab/deliveries.h"
#include "lab/lab.h"
#include "lab/log_works.h"
#include "lab/sheets.h"
#include "lab/statements.h"
#include "net/limits.h"
#include "net/passed_sockets.h"
#include "net/server.h"
#include "net/tls_context.h"
#include "pulse.h"
#include "rpc/dispatch.h"
#include "vitals.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

enum {
    CALL_ARENA_BYTES = 64 << 20,
    HASHES_AT_ONCE = 2,
    HASHES_WAITING = 64,
    READY_LOOK_MS = 10,
    READY_MAX_MS = 60000
};

struct serve {
    const struct config *config;
    uv_loop_t loop;
    struct database database;
    struct db_pool *pool;
    struct pulse *pulse;
    struct gathering *gathering;
    struct workers *workers;
    struct rpc_dispatch *dispatch;
    struct net_server *server;
    struct loop_signals *signals;
    struct metrics *metrics;
    struct vitals *vitals;
    struct metrics_socket *metrics_socket;
    struct lab lab;
    struct helper_programs programs;
    struct passed_sockets passed;
    char public_directory[CONFIG_PATH_SIZE + sizeof "/public"];
    bool announced, draining;
    bool is_unsealed;              // a helper cannot run
    char halted[512], notice[512]; // why sheets wait, and what must be done before they do
    bool silent;                   // connections are open, but the database behind them does not answer
    bool is_wrong_schema;
};

static void drain(struct serve *serve);

static void tell_serving(struct serve *serve)
{
    dispatch_set_serving(serve->dispatch, pool_is_ready(serve->pool) && !serve->silent, serve->draining);
}

static void on_pulse(void *context, bool answers)
{
    struct serve *serve = context;
    serve->silent = !answers;
    log_write(answers ? LOG_INFO : LOG_WARNING, answers ? "database_answers" : "database_silent", NULL);
    tell_serving(serve);
}

static void on_pool_ready(void *context, bool ready)
{
    struct serve *serve = context;
    tell_serving(serve);
    if (!ready) {
        log_write(LOG_WARNING, "database_away", NULL);
    } else if (serve->announced) {
        log_write(LOG_INFO, "database_back", NULL);
    } else if (pool_wrong_statement(serve->pool)) {
        serve->is_wrong_schema = true;
        drain(serve);
    } else {
        serve->announced = true;
        log_write(LOG_INFO, "ready", "address",
                  serve->passed.count > 0 ? "passed" : serve->config->listen.address, "port",
                  log_number(net_server_port(serve->server, 0)), NULL);
    }
}

// ---- the end

// What was opened is closed again, whatever was missing.
static void close_all(struct serve *serve)
{
    metrics_socket_free(serve->metrics_socket);
    vitals_free(serve->vitals);
    deliveries_free(serve->lab.deliveries);
    serve->lab.deliveries = NULL;
    log_works_free(serve->lab.log);
    serve->lab.log = NULL;
    sheets_free(serve->lab.sheets);
    serve->lab.sheets = NULL;
    calculator_free(serve->lab.calculator);
    serve->lab.calculator = NULL;
    board_free(serve->lab.board);
    serve->lab.board = NULL;
    net_server_close(serve->server, NULL, NULL);
    workers_stop(serve->workers, NULL, NULL);
    pulse_free(serve->pulse);
    gathering_free(serve->gathering);
    if (serve->pool)
        pool_close(serve->pool, NULL, NULL);
    if (serve->database.cluster)
        private_cluster_unsupervise(serve->database.cluster);
    loop_signals_stop(serve->signals);
}

static void on_drained(void *context)
{
    log_write(LOG_INFO, "drained", NULL);
    close_all(context);
}

static void drain(struct serve *serve)
{
    if (serve->draining)
        return;
    log_write(LOG_INFO, "draining", "calls", log_number(dispatch_call_count(serve->dispatch)), NULL);
    serve->draining = true;
    tell_serving(serve);
    net_server_drain(serve->server, on_drained, serve);
}

static void reload(struct serve *serve)
{
    struct ts_error error = {0};
    const struct config *config = serve->config;
    if (net_server_reload_tls(serve->server, config->tls.certificate, config->tls.key, &error))
        log_write(LOG_INFO, "certificate_renewed", NULL);
    else
        log_error(LOG_ERROR, "certificate_kept", &error);
}

static void on_signal(void *context, int signal)
{
    if (signal == SIGHUP)
        reload(context);
    else
        drain(context);
}

// ---- the start

static bool open_pool(struct serve *serve, struct ts_error *error)
{
    const struct db_pool_config config = {
        .conninfo = serve->database.daemon_url,
        .ready_changed = on_pool_ready,
        .ready_context = serve,
    };
    serve->pool = pool_create(&serve->loop, &config, statement_table, STATEMENT_COUNT, error);
    if (serve->pool)
        serve->pulse = pulse_create(&serve->loop, serve->pool, on_pulse, serve, error);
    if (serve->pulse)
        serve->gathering = gathering_create(&serve->loop, serve->pool, error);
    return serve->gathering != NULL;
}

static bool open_dispatch(struct serve *serve, const struct serve_extra *extra, struct ts_error *error)
{
    const struct config *config = serve->config;
    serve->lab.calculator = calculator_create();
    if (!serve->lab.calculator)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the formulas.");
    serve->lab.board = board_create(&serve->loop, serve->pool, error);
    if (!serve->lab.board)
        return false;
    const struct rpc_dispatch_config dispatch = {
        .loop = &serve->loop,
        .pool = serve->pool,
        .workers = serve->workers,
        .deadline_default_ms = config->limits.deadline_default_ms,
        .deadline_max_ms = config->limits.deadline_max_ms,
        .message_bytes = config->limits.max_message_bytes,
        .blob_message_bytes = config->limits.max_blob_message_bytes,
        .call_arena_bytes = CALL_ARENA_BYTES,
        .metrics = serve->metrics,
        .public_calls_per_minute = (uint64_t)config->limits.public_calls_per_minute,
        .public_directory = serve->public_directory,
        .lab = &serve->lab,
    };
    serve->dispatch = dispatch_create(&dispatch, error);
    return serve->dispatch && dispatch_add(serve->dispatch, method_table, method_table_count, error) &&
           dispatch_add(serve->dispatch, &board_events, 1, error) &&
           dispatch_add(serve->dispatch, rpc_standard_methods, rpc_standard_method_count, error) &&
           dispatch_add(serve->dispatch, extra->methods, extra->count, error);
}

// Intake and benches go on without a signer: the whole daemon stays ready, see docs/decisions/helpers.md.
static void tell_sheets(struct serve *serve)
{
    const char *why = *serve->halted ? serve->halted : "see the log";
    bool is_impaired = serve->is_unsealed || *serve->halted;
    dispatch_set_impaired(serve->dispatch, is_impaired ? "touchstone.v1.SheetService" : NULL,
                          is_impaired ? why : serve->notice);
}

static void on_sheets(void *context, bool are_sealed)
{
    struct serve *serve = context;
    serve->is_unsealed = !are_sealed;
    tell_sheets(serve);
}

static void on_told(void *context, const char *halted, const char *notice)
{
    struct serve *serve = context;
    snprintf(serve->halted, sizeof serve->halted, "%s", halted ? halted : "");
    snprintf(serve->notice, sizeof serve->notice, "%s", notice ? notice : "");
    tell_sheets(serve);
}

static void on_entered(void *context)
{
    struct serve *serve = context;
    if (serve->lab.sheets)
        sheets_wake(serve->lab.sheets);
}

static bool open_log(struct serve *serve, struct ts_error *error)
{
    const struct config *config = serve->config;
    const struct log_works_config works = {.pool = serve->pool,
                                           .workers = serve->workers,
                                           .signer = sheets_signer(serve->lab.sheets),
                                           .host = config->public.host,
                                           .directory = serve->public_directory,
                                           .entered = on_entered,
                                           .told = on_told,
                                           .context = serve};
    serve->lab.log = log_works_create(&serve->loop, &works, error);
    return serve->lab.log != NULL;
}

static bool open_sheets(struct serve *serve, struct ts_error *error)
{
    if (!helpers_find(serve->config, &serve->programs, error))
        return false;
    const struct sheets_config sheets = {.renderer = &serve->programs.renderer,
                                         .signer = &serve->programs.signer,
                                         .host = serve->config->public.host,
                                         .observer = {.changed = on_sheets, .context = serve}};
    serve->lab.sheets = sheets_create(&serve->loop, serve->pool, &sheets, error);
    return serve->lab.sheets != NULL;
}

static bool open_deliveries(struct serve *serve, struct ts_error *error)
{
    const struct config *config = serve->config;
    const struct deliveries_config deliveries = {.pool = serve->pool,
                                                 .program = config->hook.program,
                                                 .host = config->public.host,
                                                 .deadline_ms = config->hook.deadline_ms};
    if (!*config->hook.program)
        return true;
    serve->lab.deliveries = deliveries_create(&serve->loop, &deliveries, error);
    return serve->lab.deliveries != NULL;
}

// On what was passed, or else where the configuration says.
static bool start_listening(struct serve *serve, struct ts_error *error)
{
    const struct config *config = serve->config;
    for (size_t i = 0; i < serve->passed.count; i++) {
        if (!net_server_listen_fd(serve->server, serve->passed.descriptors[i], error))
            return false;
    }
    return serve->passed.count > 0 ||
           net_server_listen(serve->server, config->listen.address, (int)config->listen.port, error);
}

static bool open_server(struct serve *serve, struct ts_error *error)
{
    const struct config *config = serve->config;
    struct net_limits limits;
    limits_init(&limits);
    limits.connections = (uint64_t)config->limits.max_connections;
    limits.connections_per_address = (uint64_t)config->limits.max_connections_per_address;
    limits.streams = (uint64_t)config->limits.max_streams;
    limits.message_bytes = config->limits.max_message_bytes;
    limits.handshake_timeout_ms = config->limits.handshake_timeout_ms;
    limits.idle_timeout_ms = config->limits.idle_timeout_ms;
    limits.drain_timeout_ms = config->limits.drain_timeout_ms;
    struct tls_context *tls = tls_context_create(config->tls.certificate, config->tls.key, error);
    if (!tls)
        return false;
    const struct net_server_config server = {
        .loop = &serve->loop,
        .tls = tls,
        .limits = &limits,
        .handlers = dispatch_handlers(),
        .handlers_context = serve->dispatch,
        .metrics = serve->metrics,
    };
    serve->server = net_server_create(&server, error);
    if (!serve->server) {
        tls_context_free(tls);
        return false;
    }
    return start_listening(serve, error);
}

// A path that nobody chose and that is too long is no reason not to serve.
static bool open_metrics(struct serve *serve, struct ts_error *error)
{
    const struct vitals_sources sources = {.metrics = serve->metrics,
                                           .pool = serve->pool,
                                           .workers = serve->workers,
                                           .server = serve->server,
                                           .sheets = serve->lab.sheets,
                                           .log = serve->lab.log};
    char path[CONFIG_PATH_SIZE + sizeof "/metrics.sock"];
    const char *chosen = serve->config->metrics.socket;
    snprintf(path, sizeof path, "%s/metrics.sock", serve->config->state.directory);
    serve->vitals = vitals_create(&serve->loop, &sources, error);
    if (!serve->vitals)
        return false;
    const struct metrics_socket_config config = {.loop = &serve->loop,
                                                 .metrics = serve->metrics,
                                                 .path = *chosen ? chosen : path,
                                                 .collect = vitals_collect,
                                                 .context = serve->vitals};
    struct ts_error why = {0};
    serve->metrics_socket = metrics_socket_create(&config, *chosen ? error : &why);
    if (!serve->metrics_socket && !*chosen)
        log_error(LOG_WARNING, "metrics_socket_failed", &why);
    return serve->metrics_socket || !*chosen;
}

static bool open_all(struct serve *serve, const struct serve_extra *extra, struct ts_error *error)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    serve->signals = loop_signals_start(&serve->loop, signals, 3, on_signal, serve, error);
    if (!serve->signals)
        return false;
    serve->workers = workers_create(&serve->loop, HASHES_AT_ONCE, HASHES_WAITING);
    if (!serve->workers)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory to start.");
    if (serve->database.cluster && !private_cluster_supervise(serve->database.cluster, &serve->loop, error))
        return false;
    return open_pool(serve, error) && open_dispatch(serve, extra, error) && open_server(serve, error) &&
           open_sheets(serve, error) && open_log(serve, error) && open_deliveries(serve, error) &&
           open_metrics(serve, error);
}

static bool prepare_database(struct serve *serve, struct ts_error *error)
{
    if (!database_open(serve->config, DB_CLUSTER_SERVE, &serve->database, error))
        return false;
    // A private cluster is ours alone; an external one is migrated by its administrator.
    return serve->database.cluster ? database_migrate(&serve->database, error)
                                   : database_check(&serve->database, error);
}

// A private cluster has made it. What is kept there, metrics and the demonstration key, is no reason not to
// serve.
static void make_state_directory(const struct serve *serve)
{
    struct ts_error why = {0};
    if (!serve->database.cluster && !directory_make(serve->config->state.directory, &why))
        log_error(LOG_WARNING, "state_directory_failed", &why);
}

bool serve_run(const struct config *config, const struct serve_extra *extra, struct ts_error *error)
{
    struct serve serve = {.config = config};
    serve.lab.password_cost = (struct password_cost){.memory_kib = (uint32_t)config->argon2.memory_kib,
                                                     .passes = (uint32_t)config->argon2.passes,
                                                     .lanes = (uint32_t)config->argon2.lanes};
    if (!*config->tls.certificate)
        return error_set(error, TS_FAILED_PRECONDITION, "CONFIG_INVALID",
                         "To serve, the configuration needs [tls] certificate and key.");
    if (*config->public.directory)
        snprintf(serve.public_directory, sizeof serve.public_directory, "%s", config->public.directory);
    else
        snprintf(serve.public_directory, sizeof serve.public_directory, "%s/public", config->state.directory);
    if (!passed_sockets_take(&serve.passed, error))
        return false;
    signal(SIGPIPE, SIG_IGN);
    if (!prepare_database(&serve, error)) {
        database_close(&serve.database);
        return false;
    }
    make_state_directory(&serve);
    uv_loop_init(&serve.loop);
    uv_loop_configure(&serve.loop, UV_METRICS_IDLE_TIME); // for vitals.c
    serve.metrics = metrics_create();
    bool opened = open_all(&serve, extra, error);
    if (!opened)
        close_all(&serve);
    loop_finish(&serve.loop);
    dispatch_free(serve.dispatch);
    metrics_free(serve.metrics);
    database_close(&serve.database);
    log_write(LOG_INFO, "stopped", NULL);
    if (serve.is_wrong_schema)
        return error_set(error, TS_FAILED_PRECONDITION, "SCHEMA_MISMATCH",
                         "The database does not have this program's schema: run touchstoned migrate.");
    return opened;
}
