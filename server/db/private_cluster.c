// SPDX-License-Identifier: Apache-2.0
// The order of a start: lock, find programs, end what an earlier run has left, initdb into data.new and
// rename, write our settings, start, wait for ready, roles and database, say ready in the lock. A kill at any
// point leaves a state from which the next start goes on.
#include "db/private_cluster.h"
#include "core/log.h"
#include "db/cluster_bootstrap.h"
#include "db/cluster_files.h"
#include "db/cluster_lock.h"
#include "db/cluster_process.h"
#include "db/cluster_ready.h"
#include "db/cluster_remove.h"
#include "wire/error.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#define INITDB_TIMEOUT_MS 120000u
#define LEFTOVERS_PATIENCE_MS 20000u
#define RESTART_FIRST_MS 100u
#define RESTART_MAX_MS 10000u

enum cluster_role { ROLE_SUPERUSER, ROLE_OWNER, ROLE_DAEMON, ROLE_COUNT };

static const struct {
    const char *role, *database;
} roles[ROLE_COUNT] = {{"postgres", "postgres"},
                       {PRIVATE_CLUSTER_OWNER, PRIVATE_CLUSTER_DATABASE},
                       {PRIVATE_CLUSTER_DAEMON, PRIVATE_CLUSTER_DATABASE}};

struct db_cluster {
    struct db_cluster_config config; // numbers only; the texts are the caller's
    enum db_cluster_use use;
    struct cluster_identity identity;
    struct cluster_files files;
    char conninfo[ROLE_COUNT][256];
    int lock_fd;   // -1: another process's cluster
    int output_fd; // the log
    pid_t pid;     // 0: not running
    // Supervision.
    struct cluster_handles *handles;
};

// Allocated apart: they live until the loop has closed them, the cluster may be gone by then.
struct cluster_handles {
    uv_signal_t child_signal;
    uv_timer_t restart;
    struct db_cluster *cluster;
    unsigned open;
    uint64_t started_ms;
    uint64_t pause_ms; // before the next attempt; 0: the first after it ran
};

static void fill_defaults(struct db_cluster_config *config)
{
    config->run_user = config->run_user && config->run_user[0] ? config->run_user : "postgres";
    config->shared_buffers_mb = config->shared_buffers_mb ? config->shared_buffers_mb : 128;
    config->max_connections = config->max_connections ? config->max_connections : 60;
    config->start_timeout_ms = config->start_timeout_ms ? config->start_timeout_ms : 120000;
    config->stop_timeout_ms = config->stop_timeout_ms ? config->stop_timeout_ms : 30000;
    config->stable_ms = config->stable_ms ? config->stable_ms : 60000;
}

static void write_conninfo(struct db_cluster *cluster)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        snprintf(cluster->conninfo[i], sizeof(cluster->conninfo[i]),
                 "host='%.108s' port=5432 dbname=%s user=%s", cluster->files.socket_dir, roles[i].database,
                 roles[i].role);
}

const char *private_cluster_conninfo(const struct db_cluster *cluster, const char *role)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (strcmp(roles[i].role, role) == 0)
            return cluster->conninfo[i];
    return NULL;
}

int private_cluster_pid(const struct db_cluster *cluster)
{
    return (int)cluster->pid;
}

static bool start_error(const struct db_cluster *cluster, const char *what, struct ts_error *error)
{
    return error_set(error, TS_UNAVAILABLE, "CLUSTER_START", "%s; see %.150s", what, cluster->files.log);
}

// An earlier daemon's children: its death has told them to stop (parent-death signal); wait, then insist.
// With no postmaster above them backends end by themselves, and ending them hard is what a crash does:
// recovery handles it.
static bool end_leftovers(const struct db_cluster *cluster, const char *data, struct ts_error *error)
{
    static const int signals[] = {SIGINT, SIGQUIT, SIGKILL};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        if (cluster_process_signal_leftovers(data, signals[i]) == 0)
            return true;
        if (i == 0)
            log_write(LOG_INFO, "database_leftovers", "directory", data, NULL);
        if (cluster_process_await_leftovers(data, LEFTOVERS_PATIENCE_MS))
            return true;
    }
    return start_error(cluster, "an earlier PostgreSQL does not end", error);
}

static bool run_initdb(struct db_cluster *cluster, struct ts_error *error)
{
    char program[CLUSTER_PATH_MAX + 16];
    int status = 0;
    pid_t pid = 0;
    snprintf(program, sizeof(program), "%s/initdb", cluster->files.bin_dir);
    const char *const argv[] = {program,
                                "-D",
                                cluster->files.data_new,
                                "-U",
                                "postgres",
                                "-E",
                                "UTF8",
                                "--locale=C.UTF-8",
                                "-k",
                                "--auth-local=peer",
                                "--auth-host=reject",
                                "--no-instructions",
                                NULL};
    if (!cluster_process_start(argv, &cluster->identity, cluster->files.home, cluster->output_fd, SIGKILL,
                               &pid, error))
        return false;
    if (!cluster_process_wait(pid, INITDB_TIMEOUT_MS, &status)) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) || start_error(cluster, "initdb failed", error);
}

// data appears only by rename of a finished data.new.
static bool make_data(struct db_cluster *cluster, struct ts_error *error)
{
    struct stat facts;
    if (stat(cluster->files.data, &facts) == 0)
        return true;
    log_write(LOG_INFO, "database_init", "directory", cluster->files.data, NULL);
    if (!end_leftovers(cluster, cluster->files.data_new, error))
        return false;
    if (!cluster_remove_tree(cluster->files.data_new))
        return error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_DIRECTORY", "cannot remove %s: %s",
                         cluster->files.data_new, strerror(errno));
    if (!run_initdb(cluster, error))
        return false;
    if (rename(cluster->files.data_new, cluster->files.data) != 0)
        return error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_DIRECTORY", "cannot make %s: %s",
                         cluster->files.data, strerror(errno));
    return true;
}

// Called when no process of PostgreSQL works in the data directory and we hold the lock. Lock files are then
// stale, though the number in them may be alive: a zombie nobody has waited for, or another program by now.
static void remove_stale_locks(const struct db_cluster *cluster)
{
    char path[CLUSTER_PATH_MAX + 32];
    snprintf(path, sizeof(path), "%s/postmaster.pid", cluster->files.data);
    unlink(path);
    snprintf(path, sizeof(path), "%s/.s.PGSQL.5432.lock", cluster->files.socket_dir);
    unlink(path);
}

static bool start_postmaster(struct db_cluster *cluster, struct ts_error *error)
{
    char program[CLUSTER_PATH_MAX + 16];
    snprintf(program, sizeof(program), "%s/postgres", cluster->files.bin_dir);
    remove_stale_locks(cluster);
    const char *const argv[] = {program, "-D", cluster->files.data, NULL};
    return cluster_process_start(argv, &cluster->identity, cluster->files.home, cluster->output_fd, SIGINT,
                                 &cluster->pid, error);
}

static void stop_postmaster(struct db_cluster *cluster)
{
    int status = 0;
    if (cluster->pid <= 0)
        return;
    kill(cluster->pid, SIGINT);
    if (!cluster_process_wait(cluster->pid, cluster->config.stop_timeout_ms, &status)) {
        log_write(LOG_WARNING, "database_stop_slow", NULL);
        kill(cluster->pid, SIGQUIT);
        if (!cluster_process_wait(cluster->pid, 5000, &status)) {
            kill(cluster->pid, SIGKILL);
            waitpid(cluster->pid, &status, 0);
        }
    }
    cluster->pid = 0;
}

static bool start_and_wait(struct db_cluster *cluster, struct ts_error *error)
{
    int watch = cluster_ready_watch(cluster->files.data);
    bool started = start_postmaster(cluster, error);
    bool ready = started && cluster_ready_await(watch, cluster->files.data, cluster->pid,
                                                cluster->config.start_timeout_ms);
    if (watch >= 0)
        close(watch);
    if (started && !ready) {
        stop_postmaster(cluster);
        return start_error(cluster, "PostgreSQL did not become ready", error);
    }
    return started;
}

static bool start_locked(struct db_cluster *cluster, struct ts_error *error)
{
    const struct cluster_settings settings = {cluster->config.shared_buffers_mb,
                                              cluster->config.max_connections};
    cluster->output_fd = cluster_files_open_log(&cluster->files, &cluster->identity);
    if (cluster->output_fd < 0)
        return error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_DIRECTORY", "cannot write %s: %s",
                         cluster->files.log, strerror(errno));
    if (!cluster_files_find_programs(&cluster->files, cluster->config.bin_dir, error) ||
        !make_data(cluster, error) || !end_leftovers(cluster, cluster->files.data, error) ||
        !cluster_files_make_socket_dir(&cluster->files, &cluster->identity, error) ||
        !cluster_files_write_settings(&cluster->files, cluster->files.data, &cluster->identity, &settings,
                                      error) ||
        !start_and_wait(cluster, error))
        return false;
    write_conninfo(cluster);
    if (!cluster_bootstrap_run(cluster->conninfo[ROLE_SUPERUSER], error))
        return false;
    return cluster_lock_set_ready(cluster->lock_fd, cluster->use) ||
           error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_DIRECTORY", "cannot write the lock: %s",
                     strerror(errno));
}

static bool open_cluster(struct db_cluster *cluster, struct ts_error *error)
{
    if (!cluster_process_identity(cluster->config.run_user, &cluster->identity, error) ||
        !cluster_files_init(&cluster->files, cluster->config.state_dir, &cluster->identity, error))
        return false;
    switch (cluster_lock_take(cluster->files.home, cluster->use, cluster->config.start_timeout_ms,
                              &cluster->lock_fd, error)) {
    case CLUSTER_LOCK_TAKEN:
        return start_locked(cluster, error);
    case CLUSTER_LOCK_ATTACHED:
        if (!cluster_files_read_socket_dir(&cluster->files, error))
            return false;
        write_conninfo(cluster);
        return true;
    default:
        return false;
    }
}

struct db_cluster *private_cluster_open(const struct db_cluster_config *config, enum db_cluster_use use,
                                        struct ts_error *error)
{
    struct db_cluster *cluster = calloc(1, sizeof(*cluster));
    if (!cluster) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for the database");
        return NULL;
    }
    cluster->config = *config;
    cluster->use = use;
    cluster->lock_fd = cluster->output_fd = -1;
    fill_defaults(&cluster->config);
    bool fine = open_cluster(cluster, error);
    cluster->config.state_dir = cluster->config.run_user = cluster->config.bin_dir = NULL;
    if (fine)
        return cluster;
    private_cluster_close(cluster);
    return NULL;
}

static void on_restart(uv_timer_t *timer);

static void plan_restart(struct cluster_handles *handles)
{
    if (handles->pause_ms == 0)
        handles->pause_ms = RESTART_FIRST_MS;
    else if (handles->pause_ms < RESTART_MAX_MS)
        handles->pause_ms *= 2;
    uv_timer_start(&handles->restart, on_restart, handles->pause_ms, 0);
}

static void on_restart(uv_timer_t *timer)
{
    struct cluster_handles *handles = timer->data;
    struct db_cluster *cluster = handles->cluster;
    struct ts_error error = {0};
    // Backends notice the death of their postmaster; those that do not are not waited for on the loop.
    size_t left =
        cluster_process_signal_leftovers(cluster->files.data, handles->pause_ms > 1000 ? SIGKILL : SIGQUIT);
    if (left > 0)
        error_set(&error, TS_UNAVAILABLE, "CLUSTER_LEFTOVERS", "%zu of its old processes are ending", left);
    if (left > 0 || !start_postmaster(cluster, &error)) {
        log_error(LOG_WARNING, "database_not_restarted", &error);
        plan_restart(handles);
        return;
    }
    handles->started_ms = uv_now(timer->loop);
    log_write(LOG_INFO, "database_restarted", "pid", log_number(cluster->pid), NULL);
}

static void on_child_signal(uv_signal_t *signal, int number)
{
    struct cluster_handles *handles = signal->data;
    struct db_cluster *cluster = handles->cluster;
    int status = 0;
    (void)number;
    if (cluster->pid <= 0 || waitpid(cluster->pid, &status, WNOHANG) != cluster->pid)
        return;
    log_write(LOG_ERROR, "database_ended", "status", log_number(WIFEXITED(status) ? WEXITSTATUS(status) : -1),
              "signal", log_number(WIFSIGNALED(status) ? WTERMSIG(status) : 0), NULL);
    cluster->pid = 0;
    if (uv_now(signal->loop) - handles->started_ms > cluster->config.stable_ms)
        handles->pause_ms = 0;
    plan_restart(handles);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct cluster_handles *handles = handle->data;
    if (--handles->open == 0)
        free(handles);
}

bool private_cluster_supervise(struct db_cluster *cluster, struct uv_loop_s *loop, struct ts_error *error)
{
    if (cluster->lock_fd < 0 || cluster->handles)
        return true;
    struct cluster_handles *handles = calloc(1, sizeof(*handles));
    if (!handles)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for the database");
    int code = uv_signal_init(loop, &handles->child_signal);
    if (code != 0) {
        free(handles);
        return error_set(error, TS_RESOURCE_EXHAUSTED, "CLUSTER_START", "%s", uv_strerror(code));
    }
    uv_timer_init(loop, &handles->restart);
    handles->open = 2;
    handles->cluster = cluster;
    handles->started_ms = uv_now(loop);
    handles->child_signal.data = handles->restart.data = handles;
    cluster->handles = handles;
    uv_unref((uv_handle_t *)&handles->child_signal);
    uv_unref((uv_handle_t *)&handles->restart);
    code = uv_signal_start(&handles->child_signal, on_child_signal, SIGCHLD);
    if (code != 0) {
        private_cluster_unsupervise(cluster);
        return error_set(error, TS_RESOURCE_EXHAUSTED, "CLUSTER_START", "%s", uv_strerror(code));
    }
    // It may have ended before anybody listened.
    on_child_signal(&handles->child_signal, SIGCHLD);
    return true;
}

void private_cluster_unsupervise(struct db_cluster *cluster)
{
    if (!cluster || !cluster->handles)
        return;
    uv_close((uv_handle_t *)&cluster->handles->child_signal, on_handle_closed);
    uv_close((uv_handle_t *)&cluster->handles->restart, on_handle_closed);
    cluster->handles = NULL;
}

void private_cluster_close(struct db_cluster *cluster)
{
    if (!cluster)
        return;
    private_cluster_unsupervise(cluster);
    stop_postmaster(cluster);
    if (cluster->output_fd >= 0)
        close(cluster->output_fd);
    if (cluster->lock_fd >= 0)
        close(cluster->lock_fd);
    free(cluster);
}
