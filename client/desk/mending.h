// SPDX-License-Identifier: Apache-2.0
// A typing mistake that is being corrected: the form with what is there, what it was, and what differs. Of an
// item or of a person. Beside it whom a merge keeps.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "desk/form.h"

struct ask;
struct desk;
struct press;
struct rpc_outcome;

enum { MENDING_ID = 48, MENDING_NAME = 200 };

struct mending {
    bool is_person;
    // Sent, and nobody knows what became of it: only the same may be sent again.
    bool is_unsettled;
    char target[MENDING_ID], title[MENDING_NAME], request_id[MENDING_ID];
    int64_t version;
    struct form form;
    char was[FORM_SLOTS][FIELD_BYTES];
    // Why a person is shown in full and corrected.
    char reason[FIELD_BYTES];
    int from;
    // The entry that a merge keeps, and the one that it is about.
    char kept_id[MENDING_ID], kept_name[MENDING_NAME], gone_id[MENDING_ID], gone_name[MENDING_NAME];
    char merge_id[MENDING_ID];
};

// mending_list.c: the list of what can be corrected here
void mending_open(struct desk *desk);
void mending_list_press(struct desk *desk, const struct press *press);
// The act in the list's row; NULL beyond its end.
const char *mending_act(const struct desk *desk, int row);

// mending.c
void mending_begin_item(struct desk *desk);
// The slot of the form, in order, whose value is not what it was; form.count when there is none from `at` on.
size_t mending_next(const struct mending *mending, size_t at);
void mending_failed(struct desk *desk, const struct rpc_outcome *outcome);
// The dialogs of rejections, corrections and merges: their slots and their requests.
void mending_dialog(struct desk *desk, struct form *form);
bool mending_fill(struct desk *desk, struct ask *ask);
