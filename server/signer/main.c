// SPDX-License-Identifier: Apache-2.0
// touchstone-signer: alone holds the keys. Typed requests only, on a channel made by the daemon (standard
// input and output) or on a Unix socket.
#include "evidence/note.h"
#include "helper/confine.h"
#include "signer/mark_recover.h"
#include "signer/peers.h"
#include "signer/secret_file.h"

#include <getopt.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char ORIGIN[] = "localhost:8443/log"; // of a laboratory that has not named itself yet

enum { ORIGIN_BYTES = 200 };

struct options {
    const char *key, *passphrase, *certificate, *demonstration, *keys, *origin, *socket;
    bool makes_keys, renews_statement_key; // and ends
    const char *checkpoint;                // makes a lost mark from it, and ends
    int listener;                          // -1 = none
    uid_t user;
    bool others, channel, parent_death;
};

// What answering needs once keys and sockets are there. Files are opened for the mark alone.
// clang-format off
static const char *const CALLS[] = {
    "accept4", "brk", "clock_gettime", "close", "exit", "exit_group", "flock", "fstat", "fsync", "futex", "getpid",
    "getrandom", "getsockopt", "gettid", "gettimeofday", "madvise", "mmap", "mprotect", "mremap", "munmap",
    "newfstatat", "openat", "poll", "ppoll", "read", "renameat", "renameat2", "restart_syscall", "rt_sigaction",
    "rt_sigprocmask", "rt_sigreturn", "setsockopt", "tgkill", "time", "write", NULL};
// clang-format on

static int usage(FILE *stream)
{
    fputs("usage: touchstone-signer KEYS [--origin HOST/log] WHERE [--parent-death]\n"
          "       touchstone-signer --keys DIR --passphrase-file FILE [--origin HOST/log] --make-keys\n"
          "       touchstone-signer --keys DIR --passphrase-file FILE --new-statement-key\n"
          "       touchstone-signer --keys DIR --passphrase-file FILE --origin HOST/log --mark-from "
          "CHECKPOINT\n"
          "KEYS:  --demonstration DIR |\n"
          "       --key PEM --certificate PEM [--keys DIR] --passphrase-file FILE\n"
          "WHERE: --channel | --socket PATH [--peer UID] | --listener FD [--peer UID]\n"
          "Seals result sheets, and signs their statements, the log and its status lists: frames of\n"
          "SignerRequest in, of SignerReply out. --make-keys makes the keys of a new log, and\n"
          "--new-statement-key one that takes the place of the newest; all are encrypted with scrypt.\n"
          "--mark-from makes a lost mark again: docs/recovery.md.\n",
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
    else if (option == 'f')
        options->keys = value;
    else if (option == 'o' && strlen(value) <= ORIGIN_BYTES && note_is_name(value, strlen(value)))
        options->origin = value;
    else if (option == 'm')
        options->makes_keys = true;
    else if (option == 'r')
        options->renews_statement_key = true;
    else if (option == 'g')
        options->checkpoint = value;
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
    bool none = !options->key && !options->passphrase && !options->certificate && !options->keys;
    int places = options->channel + (options->socket != NULL) + (options->listener >= 0);
    int acts = options->makes_keys + options->renews_statement_key + (options->checkpoint != NULL);
    if (acts > 0)
        return acts == 1 && places == 0 && !options->key && !options->certificate &&
               (options->demonstration ? none : options->keys && options->passphrase);
    return (options->demonstration ? none : own) && places == 1;
}

static int fail(const struct ts_error *error)
{
    fprintf(stderr, "touchstone-signer: %s: %s\n", error->reason, error->detail);
    return 1;
}

// Said at each start; what is asked of an ended certificate is refused.
static void warn_of_end(const struct identity *identity)
{
    enum { WARNED_DAYS = 30 };
    int left = identity_days_left(identity);
    if (left < 0)
        fputs("touchstone-signer: the sealing certificate has ended: nothing is sealed with it\n", stderr);
    else if (left < WARNED_DAYS)
        fprintf(stderr, "touchstone-signer: the sealing certificate ends in %d days\n", left);
}

static int serve(const struct options *options, const struct signer *signer)
{
    struct ts_error error;
    int listener = options->listener;
    if (options->socket && !peers_listen(options->socket, options->others, &listener, &error))
        return fail(&error);
    warn_of_end(&signer->identity);
    if (!confine_memory_to_ram())
        fputs("touchstone-signer: memory cannot be kept out of swap\n", stderr);
    if (!confine_calls(CALLS))
        fputs("touchstone-signer: no system call filter on this machine\n", stderr);
    if (options->channel)
        return peers_serve_channel(signer, STDIN_FILENO, STDOUT_FILENO) ? 0 : 1;
    peers_serve_socket(signer, listener, options->user);
    return 1;
}

// The keys of statements and log, with their mark. In production there may be none yet; demonstration keys
// are made.
static bool read_keys(const struct options *options, struct signing_keys_place *place, struct signer *signer,
                      struct ts_error *error)
{
    if (!place->folder)
        return true;
    if (!place->passphrase && !signing_keys_make(place, options->origin, error))
        return false;
    return signing_keys_read(place, &signer->keys, error) &&
           (signer->keys.statement_count == 0 ||
            mark_open(place->folder, signing_keys_mark(place), options->origin, &signer->mark, error));
}

static bool administer(const struct options *options, const struct signing_keys_place *place,
                       struct ts_error *error)
{
    struct signing_keys keys;
    if (!(options->makes_keys ? signing_keys_make(place, options->origin, error)
                              : signing_keys_renew(place, error)) ||
        !signing_keys_read(place, &keys, error))
        return false;
    printf("%s: the statement key that signs is ", place->folder);
    for (size_t i = 0; i < sizeof keys.kid; i++)
        printf("%02x", keys.kid[i]);
    puts(options->makes_keys ? "" : "; start the daemon's signer anew");
    signing_keys_done(&keys);
    return true;
}

static bool recover_mark(const struct options *options, const struct signing_keys_place *place,
                         struct ts_error *error)
{
    struct signer signer = {.mark = {.folder = -1}, .origin = options->origin};
    struct mark mark;
    bool fine = signing_keys_read(place, &signer.keys, error) &&
                (signer.keys.statement_count > 0 || error_set(error, TS_FAILED_PRECONDITION, "NO_KEYS",
                                                              "%s: there are no keys", place->folder)) &&
                mark_open(place->folder, signing_keys_mark(place), options->origin, &signer.mark, error) &&
                mark_recover(&signer, options->checkpoint, &mark, error);
    if (fine)
        printf("%s: the mark is at %" PRIu64 " entries\n", place->folder, mark.size);
    mark_close(&signer.mark);
    signing_keys_done(&signer.keys);
    return fine;
}

static int run(const struct options *options, struct signing_keys_place *place)
{
    struct signer signer = {.mark = {.folder = -1}, .origin = options->origin};
    struct ts_error error;
    if (options->checkpoint)
        return recover_mark(options, place, &error) ? 0 : fail(&error);
    if (options->makes_keys || options->renews_statement_key)
        return administer(options, place, &error) ? 0 : fail(&error);
    bool fine = options->demonstration
                    ? identity_demonstrate(options->demonstration, &signer.identity, &error)
                    : identity_read(options->key, options->passphrase, options->certificate, &signer.identity,
                                    &error);
    fine = fine && read_keys(options, place, &signer, &error);
    if (place->passphrase)
        OPENSSL_cleanse(place->passphrase, strlen(place->passphrase)); // it has done its work
    int code = fine ? serve(options, &signer) : fail(&error);
    mark_close(&signer.mark);
    signing_keys_done(&signer.keys);
    identity_done(&signer.identity);
    return code;
}

int main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"key", required_argument, NULL, 'k'},
                                            {"passphrase-file", required_argument, NULL, 'w'},
                                            {"certificate", required_argument, NULL, 'c'},
                                            {"demonstration", required_argument, NULL, 'd'},
                                            {"keys", required_argument, NULL, 'f'},
                                            {"origin", required_argument, NULL, 'o'},
                                            {"make-keys", no_argument, NULL, 'm'},
                                            {"new-statement-key", no_argument, NULL, 'r'},
                                            {"mark-from", required_argument, NULL, 'g'},
                                            {"socket", required_argument, NULL, 's'},
                                            {"listener", required_argument, NULL, 'l'},
                                            {"peer", required_argument, NULL, 'u'},
                                            {"channel", no_argument, NULL, 'n'},
                                            {"parent-death", no_argument, NULL, 'p'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct options options = {.listener = -1, .user = geteuid(), .origin = ORIGIN};
    struct ts_error error;
    size_t length = 0;
    char *passphrase = NULL;
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
    if (options.keys && !secret_file_read(options.passphrase, true, &passphrase, &length, &error))
        return fail(&error);
    struct signing_keys_place place = {.folder = options.demonstration ? options.demonstration : options.keys,
                                       .passphrase = passphrase};
    int code = run(&options, &place);
    secret_file_free(passphrase, length);
    return code;
}
