// SPDX-License-Identifier: Apache-2.0
// What the {fields} of a layout stand for: fields of the server's answer, and what only the client knows.
#pragma once

#include <protobuf-c/protobuf-c.h>

struct values {
    const ProtobufCMessage *root;
    // What the server says for paper only; looked at before the root. NULL = nothing.
    const ProtobufCMessage *paper;
    // The element of the list that is being drawn, and the root's element at the same place; NULL outside of
    // one.
    const ProtobufCMessage *row, *row_root;
    // host:port of the server, for the addresses in codes.
    const char *server;
    // "补打 1 / reprint 1", or "".
    const char *mark;
    // Stands for {received_at}; "" = what the message says.
    const char *received_at;
    int number, page, pages;
};

// `words` with its fields filled in, as one line; {a|b} is the first of them that is not empty. Left out are
//  controls and signs that turn writing around are left out.
// To be freed by g_free.
char *values_fill(const struct values *values, const char *words);
