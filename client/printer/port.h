// SPDX-License-Identifier: Apache-2.0
// The way to a label printer: a device file, or HOST[:9100]; what cups.h names goes by CUPS. It is asked how
// it is before and after (~HS).
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

// Prints one label (or hands a document to CUPS) and waits until it is out. On failure nothing of it waits in
// the printer any more, so that it may be sent again. UNAVAILABLE / PRINTER_STATE says what is the matter, in
// words. `what` is for CUPS, which tells it to persons.
bool port_print(const char *printer, const char *what, const char *bytes, size_t length, bool chinese,
                struct ts_error *error);

// How it is: "ready", or what is the matter. False when it cannot be asked.
bool port_state(const char *printer, bool chinese, char ret_words[200], struct ts_error *error);
