// SPDX-License-Identifier: Apache-2.0
// The way to a printer of CUPS, by CUPS's own programs lp, lpstat and cancel. Names of printers:
//   cups:NAME          a label printer that speaks ZPL; the label goes as it is (lp -o raw)
//   cups:NAME:picture  any other printer for labels; the label goes as a page
//   paper:NAME         a printer for documents; without NAME the ordinary one
// A label is waited for until it is out, and taken back when it does not come; a document is CUPS's once it
// has it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

bool cups_is_meant(const char *printer);

// Whether what is printed there is drawn as a page and not written in ZPL.
bool cups_takes_pages(const char *printer);

// INVALID_ARGUMENT when it can name none.
bool cups_check(const char *printer, struct ts_error *error);

// As port_print and port_state.
bool cups_print(const char *printer, const char *what, const char *bytes, size_t length, bool chinese,
                struct ts_error *error);
bool cups_state(const char *printer, bool chinese, char ret_words[200], struct ts_error *error);
