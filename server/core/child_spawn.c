// SPDX-License-Identifier: Apache-2.0
// Fork, change user, tie the child's life to ours, exec. What fails after the fork comes back as errno and a
// step through a close-on-exec pipe, so that "no such program" is an error of child_start and not a riddle.
#include "core/child_spawn.h"

#include "core/scheduling.h"
#include "wire/error.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum step { STEP_USER, STEP_DIRECTORY, STEP_DESCRIPTORS, STEP_DEATH_SIGNAL, STEP_EXEC };
static const char *const step_names[] = {"changing the user", "changing the directory", "its descriptors",
                                         "the parent-death signal", "starting it"};

struct failure {
    int step, code;
};

// All descriptors of one start; [0] is ours, [1] the child's.
struct ends {
    int channel[2], lines[2], report[2];
    int program; // opened as ourselves; -1 when it could not be
    bool changes_user;
    uid_t uid;
    gid_t gid;
    gid_t groups[64];
    int group_count;
};

static char **copy_texts(const char *const *texts)
{
    size_t count = 0;
    while (texts[count])
        count++;
    char **copy = calloc(count + 1, sizeof *copy);
    for (size_t i = 0; copy && i < count; i++) {
        copy[i] = strdup(texts[i]);
        if (!copy[i]) {
            while (i-- > 0)
                free(copy[i]);
            free(copy);
            return NULL;
        }
    }
    return copy;
}

static void free_texts(char **texts)
{
    for (size_t i = 0; texts && texts[i]; i++)
        free(texts[i]);
    free(texts);
}

bool child_spawn_init(struct child_spawn *spawn, const struct child_config *config, struct ts_error *error)
{
    bool has_user = config->user && *config->user;
    *spawn = (struct child_spawn){.death_signal = config->death_signal ? config->death_signal : SIGKILL,
                                  .with_channel = config->with_channel,
                                  .log_lines = config->log_lines};
    spawn->argv = copy_texts(config->argv);
    spawn->envp = config->envp ? copy_texts(config->envp) : NULL;
    spawn->user = has_user ? strdup(config->user) : NULL;
    spawn->directory = config->directory ? strdup(config->directory) : NULL;
    if (spawn->argv && (spawn->envp || !config->envp) && (spawn->user || !has_user) &&
        (spawn->directory || !config->directory))
        return true;
    child_spawn_done(spawn);
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for %s.", config->name);
}

void child_spawn_done(struct child_spawn *spawn)
{
    free_texts(spawn->argv);
    free_texts(spawn->envp);
    free(spawn->user);
    free(spawn->directory);
    *spawn = (struct child_spawn){0};
}

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++) {
        if (pair[i] >= 0)
            close(pair[i]);
        pair[i] = -1;
    }
}

static void close_ends(struct ends *ends)
{
    close_pair(ends->channel);
    close_pair(ends->lines);
    close_pair(ends->report);
    if (ends->program >= 0)
        close(ends->program);
    ends->program = -1;
}

// The user data base is read before the fork: it may allocate and open sockets.
static bool find_user(const char *name, struct ends *ends, struct ts_error *error)
{
    const struct passwd *found = getpwnam(name);
    if (!found)
        return error_set(error, TS_FAILED_PRECONDITION, "USER_UNKNOWN", "There is no system user %.64s.",
                         name);
    ends->changes_user = true;
    ends->uid = found->pw_uid;
    ends->gid = found->pw_gid;
    ends->group_count = sizeof ends->groups / sizeof ends->groups[0];
    if (getgrouplist(name, found->pw_gid, ends->groups, &ends->group_count) < 0)
        ends->group_count = 1; // too many: only its own
    if (ends->group_count == 1)
        ends->groups[0] = found->pw_gid;
    return true;
}

static bool open_ends(const struct child_spawn *spawn, struct ends *ends, struct ts_error *error)
{
    *ends = (struct ends){.channel = {-1, -1}, .lines = {-1, -1}, .report = {-1, -1}, .program = -1};
    if (spawn->user && !find_user(spawn->user, ends, error))
        return false;
    if ((spawn->with_channel && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends->channel) != 0) ||
        (spawn->log_lines && pipe2(ends->lines, O_CLOEXEC) != 0) || pipe2(ends->report, O_CLOEXEC) != 0) {
        int code = errno;
        close_ends(ends);
        return error_set(error, TS_UNAVAILABLE, "CHILD_FAILED", "%s: %s", spawn->argv[0], strerror(code));
    }
    return true;
}

// ---- in the child: only async-signal-safe calls from here

static void report_and_exit(int fd, enum step step)
{
    struct failure failure = {.step = (int)step, .code = errno};
    ssize_t wrote = write(fd, &failure, sizeof failure);
    _exit(wrote > 0 ? 126 : 125);
}

static bool set_descriptors(const struct child_spawn *spawn, const struct ends *ends)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    int input = spawn->with_channel ? ends->channel[1] : nowhere;
    int output = spawn->with_channel ? ends->channel[1] : spawn->log_lines ? ends->lines[1] : STDERR_FILENO;
    int errors = spawn->log_lines ? ends->lines[1] : STDERR_FILENO;
    return nowhere >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
           (errors == STDERR_FILENO || dup2(errors, STDERR_FILENO) >= 0);
}

static bool set_user(const struct ends *ends)
{
    return !ends->changes_user || (ends->uid == geteuid() && geteuid() != 0) ||
           (setgroups((size_t)ends->group_count, ends->groups) == 0 && setgid(ends->gid) == 0 &&
            setuid(ends->uid) == 0);
}

static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// The child's user may be kept out of a folder above the program, such as root's home: then by descriptor,
// which costs it its name in ps.
static void run_program(const struct child_spawn *spawn, const struct ends *ends)
{
    char *const *environment = spawn->envp ? spawn->envp : environ;
    execve(spawn->argv[0], spawn->argv, environment);
    if (errno == EACCES && ends->program >= 0)
        execveat(ends->program, "", spawn->argv, environment, AT_EMPTY_PATH);
}

__attribute__((noreturn)) static void become(const struct child_spawn *spawn, const struct ends *ends,
                                             pid_t parent)
{
    int report = ends->report[1];
    reset_signals();
    scheduling_reset_child();
    setpgid(0, 0); // a Ctrl-C at the terminal is for us, we end the child in order
    if (!set_descriptors(spawn, ends))
        report_and_exit(report, STEP_DESCRIPTORS);
    if (!set_user(ends))
        report_and_exit(report, STEP_USER);
    if (prctl(PR_SET_PDEATHSIG, spawn->death_signal) != 0)
        report_and_exit(report, STEP_DEATH_SIGNAL);
    if (getppid() != parent)
        _exit(125); // we died in between; nobody is left to be told
    if (spawn->directory && chdir(spawn->directory) != 0)
        report_and_exit(report, STEP_DIRECTORY);
    run_program(spawn, ends);
    report_and_exit(report, STEP_EXEC);
    _exit(125);
}

// ---- in the parent again

// Waits for exec or for the news that there was none.
static bool began(const struct child_spawn *spawn, int report, pid_t pid, struct ts_error *error)
{
    struct failure failure;
    ssize_t length;
    while ((length = read(report, &failure, sizeof failure)) < 0 && errno == EINTR)
        continue;
    if (length == 0)
        return true;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    bool is_whole = length == (ssize_t)sizeof failure && failure.step >= 0 && failure.step <= STEP_EXEC;
    return error_set(error, TS_UNAVAILABLE, "CHILD_FAILED", "%s: %s: %s", spawn->argv[0],
                     is_whole ? step_names[failure.step] : "fork",
                     is_whole ? strerror(failure.code) : "failed");
}

pid_t child_spawn_run(const struct child_spawn *spawn, struct child_ends *ret_ends, struct ts_error *error)
{
    struct ends ends;
    if (!open_ends(spawn, &ends, error))
        return -1;
    ends.program = open(spawn->argv[0], O_PATH | O_CLOEXEC);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(spawn, &ends, parent);
    if (pid < 0) {
        error_set(error, TS_UNAVAILABLE, "CHILD_FAILED", "%s: fork: %s", spawn->argv[0], strerror(errno));
        close_ends(&ends);
        return -1;
    }
    close(ends.report[1]);
    ends.report[1] = -1;
    if (!began(spawn, ends.report[0], pid, error)) {
        close_ends(&ends);
        return -1;
    }
    *ret_ends = (struct child_ends){.channel = ends.channel[0], .lines = ends.lines[0]};
    ends.channel[0] = ends.lines[0] = -1;
    close_ends(&ends);
    if (ret_ends->channel >= 0)
        fcntl(ret_ends->channel, F_SETFL, O_NONBLOCK);
    if (ret_ends->lines >= 0)
        fcntl(ret_ends->lines, F_SETFL, O_NONBLOCK);
    return pid;
}
