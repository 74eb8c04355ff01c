// SPDX-License-Identifier: Apache-2.0
// The structured log: one line per event on stderr (or another fd), as logfmt or as JSON. Every program
// writes through it, from any thread. Values are escaped and cut, a line has a ceiling, and a flood is
// capped: what is dropped is counted and told in one line. Personal data never enters a field; write ids.
//
//   log_write(LOG_WARNING, "listen_failed", "address", address, "port", log_number(port), NULL);
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ts_error;

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

enum {
    LOG_LINE_BYTES = 2048,      // a longer line is cut and ends with truncated=true
    LOG_VALUE_BYTES = 512,      // of one value, before escaping
    LOG_LINES_PER_SECOND = 200, // sustained; errors have as many again for themselves
    LOG_NUMBER_BYTES = 24
};

// Where and how. Unset, the log is logfmt at LOG_INFO on stderr.
void log_open(int fd, enum log_level level, bool as_json);
void log_set_level(enum log_level level);
bool log_is_enabled(enum log_level level);
// "error", "warning", "info", "debug"; false for another word.
bool log_level_parse(const char *word, enum log_level *ret_level);

// `event` is a word in snake_case; then pairs of key and value, both text, ended by NULL. A NULL value ends
// the pairs as well, so wrap what may be NULL in log_text().
void log_write(enum log_level level, const char *event, ...) __attribute__((sentinel));
// The fields of an error: status, reason, detail.
void log_error(enum log_level level, const char *event, const struct ts_error *error);

// A number as a value; the text lives to the end of the enclosing block.
#define log_number(value) log_number_format((char[LOG_NUMBER_BYTES]){0}, (int64_t)(value))
const char *log_number_format(char text[LOG_NUMBER_BYTES], int64_t value);
// "" for NULL.
const char *log_text(const char *text);
