// SPDX-License-Identifier: Apache-2.0
// What the one box was given: digits of a phone, a name, a code, and of which kind; mistyped codes are told
// as such. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum code_kind {
    CODE_NOTHING,
    // Four digits.
    CODE_PHONE_TAIL,
    CODE_PHONE,
    CODE_NAME,
    // Letters: the reading of a name, or a name that is written in letters.
    CODE_PINYIN,
    CODE_ITEM,
    // Nine signs of an item code whose check character is wrong.
    CODE_ITEM_WRONG,
    // D1-26-000001
    CODE_RECEIPT,
    // JEW-2026-000001
    CODE_SHEET,
    // Eight signs that track a receipt: no number that reception looks up by.
    CODE_TRACKING,
    // J012
    CODE_TICKET,
    // What a QR code says that is an address on the web.
    CODE_ADDRESS,
    // Six signs that a caller was told, and such with a wrong one among them.
    CODE_BOOKING,
    CODE_BOOKING_WRONG,
    // Signs that are none of ours.
    CODE_STRANGE,
};

enum { CODE_TEXT = 256 };

struct code {
    enum code_kind kind;
    // As it is asked for: canonical item code, upper-case number, digits without blanks.
    char text[CODE_TEXT];
};

// `was_scanned`: a scanner reads codes only, neither names nor phones.
void code_decide(const char *text, bool was_scanned, struct code *ret_code);

// What it is, in one short phrase.
const char *code_name(enum code_kind kind, bool chinese);
