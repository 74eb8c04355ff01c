// SPDX-License-Identifier: Apache-2.0
// A view beside the reception that another folder brings (client/bench): it has screens of its own, and
// shares the desk's frame, log-in, lock, scanner, help key and line to the server. The desk knows nothing
// else of it.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

struct area;
struct ask;
struct code;
struct desk;
struct field;
struct page;
struct press;
struct rpc_outcome;

// A key of the footer; a row of them ends with a NULL name.
struct guest_key {
    const char *name;
    const char *zh, *en;
};

struct desk_guest {
    void (*free)(void *state);
    // Its screen is opened: by the key, or because who logged in is no receptionist.
    void (*show)(struct desk *desk);
    bool (*press)(struct desk *desk, const struct press *press);
    void (*scanned)(struct desk *desk, const struct code *code, const char *text);
    // Asks again for what is shown.
    void (*again)(struct desk *desk);
    // Of an ask of its own (ask_is_guests).
    void (*answered)(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
    // False: the desk tells the failure in its own words.
    bool (*failed)(struct desk *desk, const struct ask *ask, const struct rpc_outcome *outcome);
    // The field with the cursor; NULL when there is none.
    struct field *(*focused)(struct desk *desk);
    // Something was typed and not sent.
    bool (*has_unsent)(const struct desk *desk);
    void (*paint)(const struct desk *desk, struct page *page, struct area area);
    void (*help)(const struct desk *desk, struct page *page, struct area area);
    const struct guest_key *(*keys)(const struct desk *desk);
    const char *(*title)(const struct desk *desk);
};

// What the loop does for it: a picture is saved and opened.
struct guest_picture {
    bool is_wanted;
    char name[64];
};
