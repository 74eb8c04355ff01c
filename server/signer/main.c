// SPDX-License-Identifier: Apache-2.0
// touchstone-signer: alone holds the sealing key. Typed requests only, on a channel made by the daemon
// (standard input and output) or on a Unix socket.
#include "helper/confine.h"
#include "signer/peers.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
    const char *key, *passphrase, *certificate, *demonstration, *socket;
    int listener; // -1 = none
    uid_t user;
    bool others, channel, parent_death;
};

// What answering needs once key and sockets are there.
// clang-format off
static const char *const CALLS[] = {
    "accept4", "brk", "clock_gettime", "close", "exit", "exit_group", "fstat", "futex", "getpid", "getrandom",
    "getsockopt", "gettid", "gettimeofday", "madvise", "mmap", "mprotect", "mremap", "munmap", "newfstatat", "poll",
    "ppoll", "read", "restart_syscall", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "setsockopt", "tgkill",
    "time", "write", NULL};
// clang-format on

static int usage(FILE *stream)
{
    fputs("usage: touchstone-signer KEY WHERE [--parent-death]\n"
          "KEY:   --demonstration DIR | --key PEM --passphrase-file FILE --certificate PEM\n"
          "WHERE: --channel | --socket PATH [--peer UID] | --listener FD [--peer UID]\n"
          "Seals result sheets: frames of SignerRequest in, of SignerReply out.\n",
          stream);
    return stream == stderr ? 2 : 0;
}

static bool number(const char *text, unsigned long ceiling, unsigned long *ret_number)
{
    char *end;
    *ret_number = strtoul(text, &end, 10);
    return *text && !*end && *ret_number <= ceiling;
}

static bool take(struct options *options, int option, const char *value)
{
    unsigned long given;
    if (option == 'k')
        options->key = value;
    else if (option == 'w')
        options->passphrase = value;
    else if (option == 'c')
        options->certificate = value;
    else if (option == 'd')
        options->demonstration = value;
    else if (option == 's')
        options->socket = value;
    else if (option == 'n')
        options->channel = true;
    else if (option == 'p')
        options->parent_death = true;
    else if (option == 'l' && number(value, 65535, &given))
        options->listener = (int)given;
    else if (option == 'u' && number(value, UINT32_MAX - 1, &given)) {
        options->user = (uid_t)given;
        options->others = true;
    } else
        return false;
    return true;
}

static bool is_complete(const struct options *options)
{
    bool own = options->key && options->passphrase && options->certificate;
    bool none = !options->key && !options->passphrase && !options->certificate;
    int places = options->channel + (options->socket != NULL) + (options->listener >= 0);
    return (options->demonstration ? none : own) && places == 1;
}

static int fail(const struct ts_error *error)
{
    fprintf(stderr, "touchstone-signer: %s: %s\n", error->reason, error->detail);
    return 1;
}

static int serve(const struct options *options, const struct identity *identity)
{
    struct ts_error error;
    int listener = options->listener;
    if (options->socket && !peers_listen(options->socket, options->others, &listener, &error))
        return fail(&error);
    if (!confine_memory_to_ram())
        fputs("touchstone-signer: memory cannot be kept out of swap\n", stderr);
    if (!confine_calls(CALLS))
        fputs("touchstone-signer: no system call filter on this machine\n", stderr);
    if (options->channel)
        return peers_serve_channel(identity, STDIN_FILENO, STDOUT_FILENO) ? 0 : 1;
    peers_serve_socket(identity, listener, options->user);
    return 1;
}

int main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"key", required_argument, NULL, 'k'},
                                            {"passphrase-file", required_argument, NULL, 'w'},
                                            {"certificate", required_argument, NULL, 'c'},
                                            {"demonstration", required_argument, NULL, 'd'},
                                            {"socket", required_argument, NULL, 's'},
                                            {"listener", required_argument, NULL, 'l'},
                                            {"peer", required_argument, NULL, 'u'},
                                            {"channel", no_argument, NULL, 'n'},
                                            {"parent-death", no_argument, NULL, 'p'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct options options = {.listener = -1, .user = geteuid()};
    struct identity identity;
    struct ts_error error;
    int option;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        if (option == 'h')
            return usage(stdout);
        if (!take(&options, option, optarg))
            return usage(stderr);
    }
    if (optind < argc || !is_complete(&options))
        return usage(stderr);
    if (!confine_process())
        fputs("touchstone-signer: not all limits could be set\n", stderr);
    if (options.parent_death && !confine_to_parent())
        return 1;
    signal(SIGPIPE, SIG_IGN);
    bool fine = options.demonstration
                    ? identity_demonstrate(options.demonstration, &identity, &error)
                    : identity_read(options.key, options.passphrase, options.certificate, &identity, &error);
    if (!fine)
        return fail(&error);
    int code = serve(&options, &identity);
    identity_done(&identity);
    return code;
}
