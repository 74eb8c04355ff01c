// SPDX-License-Identifier: Apache-2.0
// fork, groups, gid, uid, parent-death signal, look for the parent, exec: in this order (prctl(2): a change
// of credentials clears PR_SET_PDEATHSIG; the parent may have died before it was set). Waiting is by pidfd.
#include "db/cluster_process.h"
#include "core/clock.h"
#include "core/scheduling.h"
#include "wire/error.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// What went wrong in the child before exec.
enum child_stage { STAGE_USER, STAGE_DIRECTORY, STAGE_EXEC };

struct child_report {
    enum child_stage stage;
    int code;
};

struct child_plan {
    const char *const *argv;
    const struct cluster_identity *identity;
    const char *directory;
    int output_fd, report_fd, death_signal;
    pid_t parent;
};

bool cluster_process_identity(const char *run_user, struct cluster_identity *ret, struct ts_error *error)
{
    bool root = geteuid() == 0;
    const struct passwd *user = root ? getpwnam(run_user) : getpwuid(geteuid());
    if (!user || strlen(user->pw_name) >= sizeof(ret->name))
        return error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_USER_UNKNOWN",
                         "there is no user %s for PostgreSQL", root ? run_user : "with our number");
    if (user->pw_uid == 0)
        return error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_USER_UNKNOWN",
                         "PostgreSQL does not run as root: name another user for it");
    memset(ret, 0, sizeof(*ret));
    strcpy(ret->name, user->pw_name);
    ret->uid = user->pw_uid;
    ret->gid = user->pw_gid;
    ret->switch_user = root;
    ret->group_count = CLUSTER_GROUPS_MAX;
    // Looked up here: after fork only system calls are made.
    if (getgrouplist(ret->name, ret->gid, ret->groups, &ret->group_count) < 0) {
        ret->groups[0] = ret->gid;
        ret->group_count = 1;
    }
    return true;
}

static _Noreturn void fail_child(const struct child_plan *plan, enum child_stage stage)
{
    struct child_report report = {stage, errno};
    ssize_t written = write(plan->report_fd, &report, sizeof(report));
    _exit(written == (ssize_t)sizeof(report) ? 126 : 127);
}

static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void run_child(const struct child_plan *plan)
{
    static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC",
                                              NULL};
    const struct cluster_identity *who = plan->identity;
    reset_signals();
    scheduling_reset_child();
    // A session of its own: Ctrl-C at the terminal must not stop the database before the daemon has drained.
    setsid();
    if (who->switch_user &&
        (setgroups((size_t)who->group_count, who->groups) != 0 ||
         setresgid(who->gid, who->gid, who->gid) != 0 || setresuid(who->uid, who->uid, who->uid) != 0))
        fail_child(plan, STAGE_USER);
    if (prctl(PR_SET_PDEATHSIG, plan->death_signal) != 0)
        fail_child(plan, STAGE_USER);
    if (getppid() != plan->parent)
        _exit(127);
    if (chdir(plan->directory) != 0)
        fail_child(plan, STAGE_DIRECTORY);
    umask(077);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, 0) < 0 || dup2(plan->output_fd, 1) < 0 || dup2(plan->output_fd, 2) < 0)
        fail_child(plan, STAGE_EXEC);
    execve(plan->argv[0], (char *const *)plan->argv, (char *const *)environment);
    fail_child(plan, STAGE_EXEC);
}

static bool read_report(int fd, const struct child_plan *plan, struct ts_error *error)
{
    struct child_report report;
    ssize_t count;
    do
        count = read(fd, &report, sizeof(report));
    while (count < 0 && errno == EINTR);
    if (count != (ssize_t)sizeof(report))
        return true; // closed by exec
    if (report.stage == STAGE_DIRECTORY)
        return error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_DIRECTORY", "user %s cannot enter %s: %s",
                         plan->identity->name, plan->directory, strerror(report.code));
    return error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_START", "%s %s: %s",
                     report.stage == STAGE_USER ? "becoming user" : "starting",
                     report.stage == STAGE_USER ? plan->identity->name : plan->argv[0],
                     strerror(report.code));
}

bool cluster_process_start(const char *const *argv, const struct cluster_identity *identity,
                           const char *directory, int output_fd, int death_signal, pid_t *ret_pid,
                           struct ts_error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "CLUSTER_START", "pipe: %s", strerror(errno));
    struct child_plan plan = {argv, identity, directory, output_fd, ends[1], death_signal, getpid()};
    sigset_t all, before;
    sigfillset(&all);
    // Our handlers must not run in the child: it resets them before it opens its ears.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0)
        run_child(&plan);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    bool fine = pid > 0
                    ? read_report(ends[0], &plan, error)
                    : error_set(error, TS_RESOURCE_EXHAUSTED, "CLUSTER_START", "fork: %s", strerror(code));
    close(ends[0]);
    if (pid > 0 && !fine)
        waitpid(pid, NULL, 0);
    if (fine)
        *ret_pid = pid;
    return fine;
}

int cluster_process_descriptor(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

// Until the process has ended or the time is over.
static void await_exit(pid_t pid, uint64_t timeout_ms)
{
    struct pollfd item = {.fd = cluster_process_descriptor(pid), .events = POLLIN};
    uint64_t end = clock_monotonic_ms(NULL) + timeout_ms, now;
    if (item.fd < 0)
        return;
    while ((now = clock_monotonic_ms(NULL)) < end && poll(&item, 1, (int)(end - now)) < 0 && errno == EINTR)
        ;
    close(item.fd);
}

bool cluster_process_wait(pid_t pid, uint64_t timeout_ms, int *ret_status)
{
    int status = 0;
    pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == 0) {
        await_exit(pid, timeout_ms);
        ended = waitpid(pid, &status, WNOHANG);
    }
    if (ended == 0)
        return false;
    *ret_status = ended == pid ? status : 0;
    return true;
}

static bool is_postgres(const char *process)
{
    char path[PATH_MAX], name[16] = "";
    snprintf(path, sizeof(path), "/proc/%s/comm", process);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, name, sizeof(name) - 1);
    close(fd);
    return length > 0 && strncmp(name, "post", 4) == 0; // postgres, postmaster
}

static bool works_in(const char *process, const struct stat *directory)
{
    char path[PATH_MAX];
    struct stat facts;
    // Not every program in the directory is PostgreSQL: somebody's shell can stand there.
    if (!is_postgres(process))
        return false;
    snprintf(path, sizeof(path), "/proc/%s/cwd", process);
    return stat(path, &facts) == 0 && facts.st_dev == directory->st_dev && facts.st_ino == directory->st_ino;
}

// Signals the leftovers and returns their number, and one of them.
static size_t visit_leftovers(const char *directory, int signal_number, pid_t *ret_one)
{
    struct stat facts;
    size_t count = 0;
    DIR *processes = opendir("/proc");
    if (!processes || stat(directory, &facts) != 0) {
        if (processes)
            closedir(processes);
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(processes));) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (!isdigit((unsigned char)entry->d_name[0]) || pid == getpid() || !works_in(entry->d_name, &facts))
            continue;
        count++;
        *ret_one = pid;
        if (signal_number)
            kill(pid, signal_number);
    }
    closedir(processes);
    return count;
}

size_t cluster_process_signal_leftovers(const char *directory, int signal)
{
    pid_t one;
    return visit_leftovers(directory, signal, &one);
}

bool cluster_process_await_leftovers(const char *directory, uint64_t timeout_ms)
{
    uint64_t end = clock_monotonic_ms(NULL) + timeout_ms;
    pid_t one = 0;
    while (visit_leftovers(directory, 0, &one) > 0) {
        uint64_t now = clock_monotonic_ms(NULL);
        if (now >= end)
            return false;
        await_exit(one, end - now);
    }
    return true;
}
