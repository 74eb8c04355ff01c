// SPDX-License-Identifier: Apache-2.0
// See print_out.h. The name of --output decides the form: .pdf, .png (as the label printer would print it) or
// .zpl. Without it everything goes by way of the spool: what a printer did not print is printed later.
// Everything but a preview is numbered by the server first, and what was printed before is marked.
#include "run/print_out.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "command/invocation.h"
#include "files/atomic_file.h"
#include "message/path.h"
#include "message/value.h"
#include "printer/cups.h"
#include "printer/layouts.h"
#include "printer/order.h"
#include "printer/port.h"
#include "printer/spool.h"
#include "run/call.h"
#include "run/client.h"
#include "run/print_count.h"
#include "text/exit_code.h"
#include "text/safe.h"
#include "wire/arena.h"
#include "wire/error.h"

static const char INTO_A_FILE[] = "; or into a file: --output FILE.pdf";

// What one command prints.
struct batch {
    struct order orders[PRINT_COUNT_MOST];
    const char *numbers[PRINT_COUNT_MOST];
    size_t count;
    // Where to; "" with --output.
    const char *printer;
    // Goes to a printer for documents.
    bool is_document;
};

static bool add(struct client *client, struct batch *batch, const char *layout, const ProtobufCMessage *root,
                const char *number, struct ts_error *error)
{
    struct order *order = &batch->orders[batch->count];

    if (batch->count == PRINT_COUNT_MOST)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "at most %d are printed at once",
                         PRINT_COUNT_MOST);
    if (number == NULL)
        return error_set(error, TS_INTERNAL, "ANSWER", "the server's answer is empty");
    *order = (struct order){.layout = layout, .root = root, .server = client->profile.server};
    order_name(order, number);
    batch->numbers[batch->count++] = number;
    return true;
}

static bool check_printer(const char *printer, struct ts_error *error)
{
    if (strlen(printer) > 200 || strpbrk(printer, "\r\n") != NULL)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                         "the printer's name is no host, no device and no printer of CUPS");
    return !cups_is_meant(printer) || cups_check(printer, error);
}

// By flag, variable or profile. NULL with *error. `otherwise` is what does without.
static const char *printer_of(struct client *client, const char *otherwise, struct ts_error *error)
{
    const char *printer = client->profile.printer;

    if (!client_choose_profile(client, error))
        return NULL;
    if (printer[0] == '\0')
        error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                  "no printer is named: --printer HOST[:9100], /dev/usb/lp0 or cups:NAME (also "
                  "TOUCHSTONE_PRINTER, or touchstone profile set NAME --printer ...)%s",
                  otherwise);
    else if (check_printer(printer, error))
        return printer;
    return NULL;
}

// Of documents: a printer of CUPS, by its name.
static const char *paper_printer_of(struct client *client, struct ts_error *error)
{
    const char *flag = client_flag(client, "printer");
    const char *name = flag != NULL ? flag : client->profile.paper;
    char *printer = arena_alloc(client->arena, strlen(name) + 8);

    if (printer == NULL) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        return NULL;
    }
    sprintf(printer, "paper:%s", name);
    return check_printer(printer, error) ? printer : NULL;
}

static bool has_known_form(const char *path, struct ts_error *error)
{
    return path == NULL || g_str_has_suffix(path, ".pdf") || g_str_has_suffix(path, ".png") ||
           g_str_has_suffix(path, ".zpl") ||
           error_set(error, TS_INVALID_ARGUMENT, "USAGE", "--output ends with .pdf, .png or .zpl");
}

static int save(struct client *client, const struct order *order, const char *path)
{
    struct ts_error error = {0};
    unsigned char *bytes;
    size_t length;
    bool held;

    if (!order_draw(order, path, client->arena, &bytes, &length, &error))
        return client_fail(client, &error);
    // It names what a person owns: for the eyes of whoever made it.
    held = atomic_file_write(path, bytes, length, 0600, &error);
    g_free(bytes);
    if (!held)
        return client_fail(client, &error);
    fprintf(client->talk, "%s is in %s\n", order->what, path);
    return EXIT_CODE_OK;
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

// An empty batch for where the flags say; NULL when they are wrong.
static struct batch *begin(struct client *client, bool is_document, int *ret_exit_code)
{
    struct batch *batch = arena_array(client->arena, 1, sizeof *batch);
    const char *path = client_flag(client, "output");
    struct ts_error error = {0};

    if (batch == NULL) {
        *ret_exit_code = client_fail_memory(client);
        return NULL;
    }
    *batch = (struct batch){.printer = "", .is_document = is_document};
    if (has_known_form(path, &error) && client_choose_profile(client, &error) &&
        (path != NULL || (batch->printer = is_document ? paper_printer_of(client, &error)
                                                       : printer_of(client, INTO_A_FILE, &error)) != NULL))
        return batch;
    *ret_exit_code = client_fail(client, &error);
    return NULL;
}

// As begin, and the message `name` of the answer. NULL as well when there is none.
static struct batch *ask(struct client *client, const struct command *command, const char *name,
                         bool is_document, ProtobufCMessage **ret_message, int *ret_exit_code)
{
    struct batch *batch = begin(client, is_document, ret_exit_code);
    ProtobufCMessage *request, *answer;
    struct ts_error error = {0};

    if (batch == NULL || !call_answer(client, command, &request, &answer, ret_exit_code))
        return NULL;
    *ret_message = inner(answer, name);
    if (*ret_message != NULL)
        return batch;
    error_set(&error, TS_INTERNAL, "ANSWER", "the server's answer is empty");
    *ret_exit_code = client_fail(client, &error);
    return NULL;
}

// Counted, then into the file or by way of the spool to the printer.
static int print_batch(struct client *client, struct batch *batch)
{
    const char *path = client_flag(client, "output");
    struct ts_error error = {0};
    int exit_code;

    if (!print_count(client, batch->orders, batch->numbers, batch->count, batch->printer, &exit_code))
        return exit_code;
    if (path != NULL)
        return save(client, &batch->orders[0], path);
    for (size_t i = 0; i < batch->count; i++)
        if (!order_keep(&batch->orders[i], batch->printer, client->arena, &error))
            return client_fail(client, &error);
    return print_kept(client, &(const struct spool_wish){.only = batch->printer});
}

int print_out_label(struct client *client, const struct command *command)
{
    struct ts_error error = {0};
    ProtobufCMessage *item;
    int exit_code;
    struct batch *batch = ask(client, command, "item", false, &item, &exit_code);

    if (batch == NULL)
        return exit_code;
    if (!add(client, batch, "item", item, value_text(item, "item_code"), &error))
        return client_fail(client, &error);
    return strcmp(command->verb, "preview") == 0
               ? save(client, &batch->orders[0], client_flag(client, "output"))
               : print_batch(client, batch);
}

static bool add_items(struct client *client, struct batch *batch, const ProtobufCMessage *receipt,
                      struct ts_error *error)
{
    const ProtobufCFieldDescriptor *items =
        protobuf_c_message_descriptor_get_field_by_name(receipt->descriptor, "items");
    bool held = true;

    for (size_t i = 0; held && i < path_count(receipt, items); i++) {
        const ProtobufCMessage *item = path_element(receipt, items, i);

        held = add(client, batch, "item", item, value_text(item, "item_code"), error);
    }
    return held;
}

static int print_receipt(struct client *client, const struct command *command, const char *layout)
{
    bool is_bag = strcmp(layout, "bag") == 0;
    struct ts_error error = {0};
    ProtobufCMessage *receipt;
    int exit_code;
    struct batch *batch = ask(client, command, "receipt", !is_bag, &receipt, &exit_code);

    if (batch == NULL)
        return exit_code;
    if (!add(client, batch, layout, receipt, value_text(receipt, "receipt_no"), &error) ||
        (is_bag && client_flag(client, "output") == NULL && !add_items(client, batch, receipt, &error)))
        return client_fail(client, &error);
    return print_batch(client, batch);
}

int print_out_bag(struct client *client, const struct command *command)
{
    return print_receipt(client, command, "bag");
}

int print_out_receipt(struct client *client, const struct command *command)
{
    return print_receipt(client, command, "receipt");
}

int print_out_agreement(struct client *client, const struct command *command)
{
    return print_receipt(client, command, "agreement");
}

// A notice of a rejection is of an item that was rejected.
int print_out_rejection(struct client *client, const struct command *command)
{
    struct ts_error error = {0};
    ProtobufCMessage *item;
    int exit_code;
    struct batch *batch = ask(client, command, "item", true, &item, &exit_code);

    if (batch == NULL)
        return exit_code;
    if (inner(item, "rejection") == NULL)
        error_set(&error, TS_FAILED_PRECONDITION, "NOT_REJECTED",
                  "this item was not rejected: item reject comes first");
    else if (add(client, batch, "rejection", item, value_text(item, "item_code"), &error))
        return print_batch(client, batch);
    return client_fail(client, &error);
}

// Everything on a ticket's slip comes with the copy's number.
int print_out_ticket(struct client *client, const struct command *command)
{
    const char *ticket = client_flag(client, "TICKET");
    struct ts_error error = {0};
    char number[80];
    int exit_code;
    struct batch *batch = begin(client, false, &exit_code);

    (void)command;
    if (batch == NULL)
        return exit_code;
    if (client_laboratory(client)[0] == '\0') {
        error_set(&error, TS_INVALID_ARGUMENT, "USAGE", "of which laboratory: --laboratory CODE");
        return client_fail(client, &error);
    }
    snprintf(number, sizeof number, "%.16s/%.20s", client_laboratory(client), ticket);
    if (!client_connect(client, true, &error) || !add(client, batch, "ticket", NULL, number, &error))
        return client_fail(client, &error);
    return print_batch(client, batch);
}

int print_out_resume(struct client *client, const struct command *command)
{
    struct ts_error error = {0};
    const char *instead = client_flag(client, "printer");

    (void)command;
    if (instead != NULL && !check_printer(instead, &error))
        return client_fail(client, &error);
    return print_kept(client, &(const struct spool_wish){.instead = instead});
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
    const char *printer = printer_of(client, "", &error);
    char words[200];

    (void)command;
    if (printer == NULL ||
        !port_state(printer, client->chinese || invocation_has(client->invocation, "both"), words, &error))
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
                  "there is no such layout: item, bag, ticket, receipt, agreement, rejection are");
        return client_fail(client, &error);
    }
    fputs(text, client->out);
    return client_finish_output(client, EXIT_CODE_OK);
}
