// SPDX-License-Identifier: Apache-2.0
// Writing the log: a line is built on the stack and leaves in one write(), so lines of several threads and
// processes never mix. The flood cap is a token bucket per second; see log.h.
#include "core/log.h"

#include "core/clock.h"
#include "wire/error.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// The one piece of global state of the core: where the log goes.
static struct {
    pthread_mutex_t lock;
    int fd;
    _Atomic int level;
    bool as_json;
    uint64_t second;
    unsigned lines, error_lines;
    uint64_t suppressed;
} log_state = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = STDERR_FILENO, .level = LOG_INFO};

static const char *const level_names[] = {"error", "warning", "info", "debug"};

struct line {
    char bytes[LOG_LINE_BYTES];
    size_t length;
    bool is_full, as_json;
};

enum { LINE_RESERVE = 24 }; // for " truncated=true\n" in either form

void log_open(int fd, enum log_level level, bool as_json)
{
    pthread_mutex_lock(&log_state.lock);
    log_state.fd = fd;
    log_state.as_json = as_json;
    log_state.level = (int)level;
    pthread_mutex_unlock(&log_state.lock);
}

void log_set_level(enum log_level level)
{
    log_state.level = (int)level;
}

bool log_is_enabled(enum log_level level)
{
    return (int)level <= log_state.level;
}

bool log_level_parse(const char *word, enum log_level *ret_level)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
        if (strcmp(word, level_names[i]) == 0) {
            *ret_level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

const char *log_number_format(char text[LOG_NUMBER_BYTES], int64_t value)
{
    snprintf(text, LOG_NUMBER_BYTES, "%lld", (long long)value);
    return text;
}

const char *log_text(const char *text)
{
    return text ? text : "";
}

// All or nothing, so that an escape is never cut in two.
static void line_put(struct line *line, const char *bytes, size_t length)
{
    if (line->is_full || length > sizeof line->bytes - LINE_RESERVE - line->length) {
        line->is_full = true;
        return;
    }
    memcpy(line->bytes + line->length, bytes, length);
    line->length += length;
}

static bool needs_quotes(const char *value)
{
    if (!*value)
        return true;
    for (const unsigned char *at = (const unsigned char *)value; *at; at++) {
        if (*at <= ' ' || *at == '"' || *at == '=' || *at == '\\' || *at == 0x7f)
            return true;
    }
    return false;
}

static void put_escaped(struct line *line, unsigned char byte)
{
    char text[8];
    if (byte == '"' || byte == '\\') {
        text[0] = '\\';
        text[1] = (char)byte;
        line_put(line, text, 2);
    } else if (byte == '\n') {
        line_put(line, "\\n", 2);
    } else if (byte < ' ' || byte == 0x7f) {
        line_put(line, text, (size_t)snprintf(text, sizeof text, "\\u%04x", byte));
    } else {
        line_put(line, (const char *)&byte, 1);
    }
}

static void put_value(struct line *line, const char *value)
{
    bool quotes = line->as_json || needs_quotes(value);
    size_t length = strlen(value);
    size_t cut = length > LOG_VALUE_BYTES ? LOG_VALUE_BYTES : length;
    while (cut > 0 && cut < length && ((unsigned char)value[cut] & 0xc0) == 0x80)
        cut--;
    if (quotes)
        line_put(line, "\"", 1);
    for (size_t i = 0; i < cut; i++)
        put_escaped(line, (unsigned char)value[i]);
    if (cut < length)
        line_put(line, "...", 3);
    if (quotes) {
        // The closing quote may use the reserve: an opened value is always closed.
        line->bytes[line->length++] = '"';
    }
}

static void put_pair(struct line *line, const char *key, const char *value)
{
    if (line->is_full)
        return;
    size_t before = line->length;
    const char *separator = line->as_json ? (before > 1 ? ",\"" : "\"") : (before > 0 ? " " : "");
    line_put(line, separator, strlen(separator));
    line_put(line, key, strlen(key));
    line_put(line, line->as_json ? "\":" : "=", line->as_json ? 2 : 1);
    if (line->is_full) {
        line->length = before;
        return;
    }
    put_value(line, value);
}

static void line_begin(struct line *line, bool as_json, enum log_level level, const char *event)
{
    char time_text[CLOCK_TEXT_SIZE];
    line->length = 0;
    line->is_full = false;
    line->as_json = as_json;
    if (as_json)
        line_put(line, "{", 1);
    put_pair(line, "time", clock_format(clock_wall_us(NULL), time_text));
    put_pair(line, "level", level_names[level]);
    put_pair(line, "event", event);
}

static void line_end(struct line *line, int fd)
{
    const char *end = line->is_full ? (line->as_json ? ",\"truncated\":true}\n" : " truncated=true\n")
                                    : (line->as_json ? "}\n" : "\n");
    size_t length = strlen(end);
    memcpy(line->bytes + line->length, end, length);
    line->length += length;
    // A log that cannot be written (disk full, closed pipe) must not stop the daemon.
    while (write(fd, line->bytes, line->length) < 0 && errno == EINTR)
        continue;
}

// A pipe or terminal that nobody reads would block whoever logs, the loop above all: what has no room is not
// written, but counted. A pipe that polls writable takes a whole line, as a line is shorter than PIPE_BUF.
static bool has_room(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
    return poll(&poll_fd, 1, 0) != 0;
}

// Under the lock. How many lines were suppressed before this one goes to *ret_suppressed.
static bool take_token(enum log_level level, uint64_t *ret_suppressed)
{
    uint64_t second = clock_monotonic_ms(NULL) / 1000;
    *ret_suppressed = 0;
    if (!has_room(log_state.fd)) {
        log_state.suppressed++;
        return false;
    }
    if (second != log_state.second) {
        log_state.second = second;
        log_state.lines = 0;
        log_state.error_lines = 0;
        *ret_suppressed = log_state.suppressed;
        log_state.suppressed = 0;
    }
    unsigned *lines = level == LOG_ERROR ? &log_state.error_lines : &log_state.lines;
    if (*lines >= LOG_LINES_PER_SECOND) {
        log_state.suppressed++;
        return false;
    }
    ++*lines;
    return true;
}

static void tell_suppressed(bool as_json, int fd, uint64_t suppressed)
{
    struct line line;
    line_begin(&line, as_json, LOG_WARNING, "log_suppressed");
    put_pair(&line, "lines", log_number(suppressed));
    line_end(&line, fd);
}

void log_write(enum log_level level, const char *event, ...)
{
    if (!log_is_enabled(level))
        return;
    int saved_errno = errno;
    uint64_t suppressed;
    pthread_mutex_lock(&log_state.lock);
    bool goes = take_token(level, &suppressed);
    bool as_json = log_state.as_json;
    int fd = log_state.fd;
    pthread_mutex_unlock(&log_state.lock);
    if (suppressed)
        tell_suppressed(as_json, fd, suppressed);
    if (!goes)
        return;
    struct line line;
    line_begin(&line, as_json, level, event);
    va_list fields;
    va_start(fields, event);
    for (const char *key; (key = va_arg(fields, const char *)) != NULL;) {
        const char *value = va_arg(fields, const char *);
        if (!value)
            break;
        put_pair(&line, key, value);
    }
    va_end(fields);
    line_end(&line, fd);
    errno = saved_errno;
}

void log_error(enum log_level level, const char *event, const struct ts_error *error)
{
    log_write(level, event, "status", error_status_name(error->status), "reason", error->reason, "detail",
              error->detail, NULL);
}
