// SPDX-License-Identifier: Apache-2.0
// One thing to be printed: by which layout, from which answers of the server, the how-manieth copy. Filled in
// by who asks the server (run/print_out.c, terminal/printing.c), drawn here.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

struct arena;
struct ts_error;

struct order {
    // "item", "bag", "receipt", "agreement", "rejection", "ticket", "provisional".
    const char *layout;
    // Item, Receipt or PaperTicket; and the Paper, or NULL.
    const ProtobufCMessage *root, *paper;
    // host:port, for the addresses in codes.
    const char *server;
    // Stands for {received_at}, when the answer's own is not by the institute's clock; "" = it is the
    // answer's.
    char received_at[40];
    // For persons: "item 7K3-M9Q-X23".
    char what[80];
    // "", or "补打 reprint 1".
    char mark[100];
};

// The PrintKind of a layout; -1: none, copies of it are not counted by the server.
int order_kind(const char *layout);

void order_name(struct order *order, const char *number);

// `copy` 1 is the first. Counted at this desk alone it says so: another desk may have printed it before.
void order_mark(struct order *order, int copy, bool is_counted_here);

// By the file's ending: .pdf, .png (as a label printer prints it) or .zpl. Bytes to be freed by g_free.
// `arena` holds the layout.
bool order_draw(const struct order *order, const char *path, struct arena *arena, unsigned char **ret_bytes,
                size_t *ret_length, struct ts_error *error);

// Drawn for the printer, and into the spool.
bool order_keep(const struct order *order, const char *printer, struct arena *arena, struct ts_error *error);
