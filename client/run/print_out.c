// SPDX-License-Identifier: Apache-2.0
// See print_out.h. The name of --output decides the form: .pdf, .png (as the label printer would print it) or
// .zpl. Without it a label goes to the printer by way of the spool, and a document to lp. Everything but a
// preview is counted, and what was asked for before is marked.
#include "run/print_out.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command/command.h"
#include "files/atomic_file.h"
#include "message/path.h"
#include "message/value.h"
#include "printer/layout.h"
#include "printer/layouts.h"
#include "printer/paper.h"
#include "printer/port.h"
#include "printer/spool.h"
#include "printer/values.h"
#include "printer/zpl.h"
#include "run/call.h"
#include "run/client.h"
#include "run/lp.h"
#include "text/exit_code.h"
#include "text/safe.h"
#include "wire/arena.h"
#include "wire/error.h"

// One thing to be printed.
struct piece {
    struct layout *layout;
    struct values values;
    char what[80], mark[64];
};

static bool begin_piece(struct client *client, const char *layout, const ProtobufCMessage *root,
                        const char *number, struct piece *ret_piece, struct ts_error *error)
{
    const char *text = value_text(root, number);

    *ret_piece = (struct piece){.layout = arena_alloc(client->arena, sizeof *ret_piece->layout)};
    if (ret_piece->layout == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    ret_piece->values =
        (struct values){.root = root, .server = client->profile.server, .mark = ret_piece->mark};
    snprintf(ret_piece->what, sizeof ret_piece->what, "%s %s", layout, text != NULL ? text : "");
    return layouts_load(layout, client->arena, ret_piece->layout, error);
}

static bool count_piece(struct piece *piece, struct ts_error *error)
{
    int before;

    if (!spool_count(piece->what, &before, error))
        return false;
    if (before > 0)
        snprintf(piece->mark, sizeof piece->mark, "补打 reprint %d", before);
    return true;
}

static const char *printer_of(const struct client *client, struct ts_error *error)
{
    const char *printer = client_flag(client, "printer");

    if (printer == NULL)
        printer = getenv("TOUCHSTONE_PRINTER");
    if (printer == NULL || printer[0] == '\0')
        error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                  "no printer is named: --printer HOST[:9100] or /dev/usb/lp0 (also TOUCHSTONE_PRINTER)");
    else if (strlen(printer) <= 200 && strpbrk(printer, "\r\n") == NULL)
        return printer;
    else
        error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the printer's name is no host and no device");
    return NULL;
}

static bool draw(const struct piece *piece, const char *path, unsigned char **ret_bytes, size_t *ret_length,
                 struct ts_error *error)
{
    char *zpl;

    if (g_str_has_suffix(path, ".zpl")) {
        if (!zpl_write(piece->layout, &piece->values, &zpl, ret_length, error))
            return false;
        *ret_bytes = (unsigned char *)zpl;
        return true;
    }
    return paper_draw(piece->layout, &piece->values, g_str_has_suffix(path, ".pdf") ? PAPER_PDF : PAPER_PNG,
                      ret_bytes, ret_length, error);
}

static bool has_known_form(const char *path, struct ts_error *error)
{
    return path == NULL || g_str_has_suffix(path, ".pdf") || g_str_has_suffix(path, ".png") ||
           g_str_has_suffix(path, ".zpl") ||
           error_set(error, TS_INVALID_ARGUMENT, "USAGE", "--output ends with .pdf, .png or .zpl");
}

static int save(struct client *client, const struct piece *piece, const char *path)
{
    struct ts_error error = {0};
    unsigned char *bytes;
    size_t length;
    bool held;

    if (!draw(piece, path, &bytes, &length, &error))
        return client_fail(client, &error);
    // It names what a person owns: for the eyes of whoever made it.
    held = atomic_file_write(path, bytes, length, 0600, &error);
    g_free(bytes);
    if (!held)
        return client_fail(client, &error);
    fprintf(client->talk, "%s is in %s\n", piece->what, path);
    return EXIT_CODE_OK;
}

static bool keep(struct piece *piece, const char *printer, struct ts_error *error)
{
    char *zpl;
    size_t length;
    bool held;

    if (!count_piece(piece, error) || !zpl_write(piece->layout, &piece->values, &zpl, &length, error))
        return false;
    held = spool_keep(printer, piece->what, zpl, length, error);
    g_free(zpl);
    return held;
}

// Tells what was printed, and of what was not, why and how it will be.
static int print_kept(struct client *client, const struct spool_wish *wish)
{
    struct ts_error error = {0};
    struct spool_result result;
    bool held = spool_print(wish, client->chinese, &result, &error);

    if (result.printed > 0)
        fprintf(client->talk, "printed: %d\n", result.printed);
    if (held) {
        if (result.printed == 0)
            fputs("nothing is kept\n", client->talk);
        return EXIT_CODE_OK;
    }
    client_fail(client, &error);
    if (result.left > 0)
        fprintf(client->talk, "kept for later: %d; then: touchstone print resume\n", result.left);
    return EXIT_CODE_FAILED;
}

static ProtobufCMessage *inner(ProtobufCMessage *answer, const char *name)
{
    return path_element(answer, protobuf_c_message_descriptor_get_field_by_name(answer->descriptor, name), 0);
}

// The message `name` of the answer. Asks for nothing when the flags are wrong.
static bool ask(struct client *client, const struct command *command, const char *name, bool needs_printer,
                const char **ret_printer, ProtobufCMessage **ret_message, int *ret_exit_code)
{
    ProtobufCMessage *request, *answer;
    struct ts_error error = {0};
    const char *path = client_flag(client, "output");

    if (!has_known_form(path, &error) ||
        (needs_printer && path == NULL && (*ret_printer = printer_of(client, &error)) == NULL)) {
        *ret_exit_code = client_fail(client, &error);
        return false;
    }
    if (!call_answer(client, command, &request, &answer, ret_exit_code))
        return false;
    *ret_message = inner(answer, name);
    if (*ret_message != NULL)
        return true;
    error_set(&error, TS_INTERNAL, "ANSWER", "the server's answer is empty");
    *ret_exit_code = client_fail(client, &error);
    return false;
}

int print_out_label(struct client *client, const struct command *command)
{
    const char *path = client_flag(client, "output"), *printer = NULL;
    bool is_preview = strcmp(command->verb, "preview") == 0;
    ProtobufCMessage *item;
    struct ts_error error = {0};
    struct piece piece;
    int exit_code;

    if (!ask(client, command, "item", true, &printer, &item, &exit_code))
        return exit_code;
    if (!begin_piece(client, "item", item, "item_code", &piece, &error))
        return client_fail(client, &error);
    if (path != NULL)
        return !is_preview && !count_piece(&piece, &error) ? client_fail(client, &error)
                                                           : save(client, &piece, path);
    if (!keep(&piece, printer, &error))
        return client_fail(client, &error);
    return print_kept(client, &(const struct spool_wish){.only = printer});
}

static bool keep_items(struct client *client, const ProtobufCMessage *receipt, const char *printer,
                       struct ts_error *error)
{
    const ProtobufCFieldDescriptor *items =
        protobuf_c_message_descriptor_get_field_by_name(receipt->descriptor, "items");
    bool held = true;

    for (size_t i = 0; held && i < path_count(receipt, items); i++) {
        struct piece piece;

        held = begin_piece(client, "item", path_element(receipt, items, i), "item_code", &piece, error) &&
               keep(&piece, printer, error);
    }
    return held;
}

int print_out_bag(struct client *client, const struct command *command)
{
    const char *path = client_flag(client, "output"), *printer = NULL;
    ProtobufCMessage *receipt;
    struct ts_error error = {0};
    struct piece piece;
    int exit_code;

    if (!ask(client, command, "receipt", true, &printer, &receipt, &exit_code))
        return exit_code;
    if (!begin_piece(client, "bag", receipt, "receipt_no", &piece, &error))
        return client_fail(client, &error);
    if (path != NULL)
        return !count_piece(&piece, &error) ? client_fail(client, &error) : save(client, &piece, path);
    if (!keep(&piece, printer, &error) || !keep_items(client, receipt, printer, &error))
        return client_fail(client, &error);
    return print_kept(client, &(const struct spool_wish){.only = printer});
}

static bool memory_file(const unsigned char *bytes, size_t length, int *ret_fd, struct ts_error *error)
{
    int fd = memfd_create("document", MFD_CLOEXEC);

    if (fd >= 0 && write(fd, bytes, length) == (ssize_t)length && lseek(fd, 0, SEEK_SET) == 0) {
        *ret_fd = fd;
        return true;
    }
    error_set(error, TS_INTERNAL, "FILE", "cannot hold the document: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return false;
}

// CUPS keeps what it took, and knows how its printers are.
static int print_by_lp(struct client *client, const struct piece *piece)
{
    struct ts_error error = {0};
    unsigned char *bytes;
    size_t length;
    int fd = -1, status = 0, failure;
    bool held;
    pid_t pid;

    if (!draw(piece, ".pdf", &bytes, &length, &error))
        return client_fail(client, &error);
    held = memory_file(bytes, length, &fd, &error);
    g_free(bytes);
    if (!held)
        return client_fail(client, &error);
    failure = lp_start(piece->what, client_flag(client, "printer"), fd, &pid);
    close(fd);
    while (failure == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (failure == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        fprintf(client->talk, "%s is sent to the printer\n", piece->what);
        return EXIT_CODE_OK;
    }
    fprintf(client->talk,
            "touchstone: %s; the document is not printed\n"
            "lpstat -p shows the printers; --output FILE.pdf makes a file\n",
            failure == ENOENT ? "the print command lp is not installed here" : "lp failed");
    return EXIT_CODE_FAILED;
}

// A notice of a rejection is of an item that was rejected.
static bool has_subject(ProtobufCMessage *shown, const char *layout, struct ts_error *error)
{
    return strcmp(layout, "rejection") != 0 || inner(shown, "rejection") != NULL ||
           error_set(error, TS_FAILED_PRECONDITION, "NOT_REJECTED",
                     "this item was not rejected: item reject comes first");
}

static int print_document(struct client *client, const struct command *command, const char *layout,
                          const char *message, const char *number)
{
    const char *path = client_flag(client, "output"), *printer = NULL;
    ProtobufCMessage *shown;
    struct ts_error error = {0};
    struct piece piece;
    int exit_code;

    if (!ask(client, command, message, false, &printer, &shown, &exit_code))
        return exit_code;
    if (!has_subject(shown, layout, &error) || !begin_piece(client, layout, shown, number, &piece, &error) ||
        !count_piece(&piece, &error))
        return client_fail(client, &error);
    return path != NULL ? save(client, &piece, path) : print_by_lp(client, &piece);
}

int print_out_receipt(struct client *client, const struct command *command)
{
    return print_document(client, command, "receipt", "receipt", "receipt_no");
}

int print_out_agreement(struct client *client, const struct command *command)
{
    return print_document(client, command, "agreement", "receipt", "receipt_no");
}

int print_out_rejection(struct client *client, const struct command *command)
{
    return print_document(client, command, "rejection", "item", "item_code");
}

int print_out_resume(struct client *client, const struct command *command)
{
    (void)command;
    return print_kept(client, &(const struct spool_wish){.instead = client_flag(client, "printer")});
}

static void show_kept(void *context, const char *printer, const char *what)
{
    struct client *client = context;

    safe_write(client->out, what, false);
    fputs("  ", client->out);
    safe_write(client->out, printer, false);
    fputc('\n', client->out);
}

int print_out_list(struct client *client, const struct command *command)
{
    struct ts_error error = {0};

    (void)command;
    if (!spool_each(show_kept, client, &error))
        return client_fail(client, &error);
    return client_finish_output(client, EXIT_CODE_OK);
}

int print_out_state(struct client *client, const struct command *command)
{
    struct ts_error error = {0};
    const char *printer = printer_of(client, &error);
    char words[200];

    (void)command;
    if (printer == NULL || !port_state(printer, client->chinese, words, &error))
        return client_fail(client, &error);
    fprintf(client->out, "%s\n", words);
    return client_finish_output(client, EXIT_CODE_OK);
}

int print_out_layout(struct client *client, const struct command *command)
{
    const char *text = layouts_built_in(client_flag(client, "NAME"));
    struct ts_error error = {0};

    (void)command;
    if (text == NULL) {
        error_set(&error, TS_NOT_FOUND, "LAYOUT",
                  "there is no such layout: item, bag, receipt, agreement are");
        return client_fail(client, &error);
    }
    fputs(text, client->out);
    return client_finish_output(client, EXIT_CODE_OK);
}
