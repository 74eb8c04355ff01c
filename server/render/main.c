// SPDX-License-Identifier: Apache-2.0
// touchstone-render: draws sheets for the daemon. Started by it, one frame in, one frame out, on standard
// input and output; holds no key, opens no file and no connection once it is ready.
#include "helper/confine.h"
#include "render/canvas.h"
#include "render/fonts.h"
#include "render/serve.h"

#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t MEMORY_BYTES = (size_t)1536 * 1024 * 1024;

// What drawing needs once all fonts are open. Pango asks fontconfig in threads of its own, and fontconfig
// asks each time whether the file it chose is still there.
// clang-format off
static const char *const CALLS[] = {
    "access", "brk", "clock_gettime", "clone", "clone3", "close", "exit", "exit_group", "faccessat", "faccessat2",
    "fstat", "futex", "getpid", "getrandom", "getrlimit", "getrusage", "gettid", "gettimeofday", "lseek", "madvise",
    "membarrier", "mmap", "mprotect", "mremap", "munmap", "newfstatat", "prctl", "prlimit64", "read",
    "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity",
    "sched_yield", "set_robust_list", "setrlimit", "tgkill", "write", NULL};
// clang-format on

static bool has_fonts(const char *directory)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/sheet-regular.otf", directory);
    return access(path, R_OK) == 0;
}

// Beside the program as built, or where it was installed.
static bool find_fonts(char *ret_directory, size_t size)
{
    static const char *const PLACES[] = {"fonts", "../../share/touchstone/fonts",
                                         "../share/touchstone/fonts"};
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return false;
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        int written = snprintf(ret_directory, size, "%s/%s", program, PLACES[i]);
        if (written > 0 && (size_t)written < size && has_fonts(ret_directory))
            return true;
    }
    return false;
}

static int usage(FILE *stream)
{
    fputs("usage: touchstone-render [--fonts DIR] [--parent-death]\n"
          "Draws result sheets: frames of RenderRequest in, of RenderReply out.\n",
          stream);
    return stream == stderr ? 2 : 0;
}

static int refuse(const struct ts_error *error)
{
    fprintf(stderr, "touchstone-render: %s: %s\n", error->reason, error->detail);
    return 1;
}

// Frames go where standard output went; what a library prints ("Bail out!" of glib) goes to standard error.
static int take_output(void)
{
    int output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return output >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 ? output : -1;
}

// Until the input ends: the program's exit code.
static int draw_frames(struct canvas *canvas, PangoFontMap *map, int output)
{
    struct ts_error error;
    if (!serve_warm_up(canvas, &error))
        return refuse(&error);
    if (!confine_calls(CALLS))
        fputs("touchstone-render: no system call filter on this machine\n", stderr);
    return serve_frames(canvas, map, STDIN_FILENO, output) ? 0 : 1;
}

static int serve(const char *fonts)
{
    PangoFontMap *map;
    struct canvas canvas;
    struct ts_error error;
    int output = take_output();
    if (output < 0) {
        perror("touchstone-render: standard output");
        return 1;
    }
    if (!fonts_open(fonts, &map, &error))
        return refuse(&error);
    canvas_init(&canvas, map);
    int code = draw_frames(&canvas, map, output);
    canvas_done(&canvas);
    return code;
}

int main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"fonts", required_argument, NULL, 'f'},
                                            {"parent-death", no_argument, NULL, 'p'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    char found[PATH_MAX];
    const char *fonts = NULL;
    int option;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        if (option == 'h')
            return usage(stdout);
        if (option == 'f')
            fonts = optarg;
        else if (option != 'p' || !confine_to_parent())
            return option == 'p' ? 1 : usage(stderr);
    }
    if (optind < argc)
        return usage(stderr);
    if (!confine_process() || !confine_memory(MEMORY_BYTES))
        fputs("touchstone-render: not all limits could be set\n", stderr);
    if (!fonts && find_fonts(found, sizeof found))
        fonts = found;
    if (!fonts) {
        fputs("touchstone-render: the sheet's fonts are not beside the program; give --fonts DIR\n", stderr);
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    // A warning of pango means "ugly output": better no sheet.
    g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
    return serve(fonts);
}
