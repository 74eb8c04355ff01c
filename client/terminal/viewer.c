// SPDX-License-Identifier: Apache-2.0
// See viewer.h. The viewer is a grandchild with a session of its own: it neither dies with the desk nor
// writes over the screen, and nobody has to wait for it.
#include "terminal/viewer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files/atomic_file.h"
#include "wire/error.h"

static const char *folder(void)
{
    static const char *const names[] = {"XDG_RUNTIME_DIR", "TMPDIR"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] == '/' && access(value, W_OK) == 0)
            return value;
    }
    return "/tmp";
}

// A folder of our own, so that in a shared one nobody else's link is followed.
bool viewer_folder(char *ret_path, size_t size, struct ts_error *error)
{
    struct stat found;

    if ((size_t)snprintf(ret_path, size, "%s/touchstone-%u", folder(), (unsigned)getuid()) >= size)
        return error_set(error, TS_FAILED_PRECONDITION, "NO_FOLDER", "the path of %.180s is too long",
                         folder());
    if (mkdir(ret_path, 0700) == 0)
        return true;
    if (errno == EEXIST && lstat(ret_path, &found) == 0 && S_ISDIR(found.st_mode) &&
        found.st_uid == getuid() && (found.st_mode & 077) == 0)
        return true;
    return error_set(error, TS_FAILED_PRECONDITION, "NO_FOLDER", "%.180s cannot be used for pictures",
                     ret_path);
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0';
}

static const char *program_of(struct ts_error *error)
{
    if (is_set("TOUCHSTONE_VIEWER"))
        return getenv("TOUCHSTONE_VIEWER");
    if (is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"))
        return "xdg-open";
    error_set(error, TS_FAILED_PRECONDITION, "NO_DISPLAY",
              "no display here; TOUCHSTONE_VIEWER names a viewer");
    return NULL;
}

// In the grandchild: no terminal, no signals blocked, only the program and the path.
static void become(const char *program, const char *path, int told)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    for (int i = 0; i < 3; i++)
        dup2(nowhere, i);
    execlp(program, program, path, (char *)NULL);
    (void)!write(told, &errno, sizeof errno);
    _exit(127);
}

static bool start(const char *program, const char *path, struct ts_error *error)
{
    int told[2], wrong = 0;
    pid_t child;

    if (pipe2(told, O_CLOEXEC) != 0)
        return error_set(error, TS_INTERNAL, "PIPE", "%s", strerror(errno));
    child = fork();
    if (child == 0) {
        setsid();
        if (fork() == 0)
            become(program, path, told[1]);
        _exit(0);
    }
    close(told[1]);
    // Ends at once: with the exec of the grandchild, or with what went wrong.
    if (child > 0 && (waitpid(child, NULL, 0) < 0 || read(told[0], &wrong, sizeof wrong) != sizeof wrong))
        wrong = 0;
    close(told[0]);
    return child > 0 && wrong == 0
               ? true
               : error_set(error, TS_FAILED_PRECONDITION, "NO_VIEWER", "%.80s cannot be started: %s", program,
                           strerror(wrong != 0 ? wrong : errno));
}

bool viewer_open(const char *path, struct ts_error *error)
{
    const char *program = program_of(error);

    return program != NULL && start(program, path, error);
}

bool viewer_show(const char *name, const void *bytes, size_t length, char *ret_path, size_t size,
                 bool *ret_is_open, struct ts_error *error)
{
    char where[PATH_MAX];

    if (!viewer_folder(where, sizeof where, error))
        return false;
    if ((size_t)snprintf(ret_path, size, "%s/%s.png", where, name) >= size)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the path of the picture is too long");
    if (!atomic_file_write(ret_path, bytes, length, 0600, error))
        return false;
    *ret_is_open = viewer_open(ret_path, error);
    return true;
}
