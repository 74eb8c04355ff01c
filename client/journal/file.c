// SPDX-License-Identifier: Apache-2.0
// See file.h.
#include "journal/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files/atomic_file.h"
#include "journal/fault.h"
#include "journal/journal.h"
#include "journal/record.h"
#include "journal/system.h"
#include "wire/error.h"

enum { FILE_CEILING_BYTES = 1024 * 1024 * 1024, LOCK_POLL_MS = 20 };

// Writes all of it. What is half written stays: the caller cuts it off.
static bool write_all(const struct journal_file *file, int fd, const uint8_t *bytes, size_t length,
                      uint64_t at)
{
    size_t done = 0;

    while (done < length) {
        ssize_t written = file->system->write_at(file->system->context, fd, bytes + done, length - done,
                                                 (off_t)(at + done));

        if (written < 0 && errno == EINTR)
            continue;
        if (written == 0)
            errno = EIO;
        if (written <= 0)
            return false;
        done += (size_t)written;
    }
    return true;
}

static bool read_all(int fd, uint8_t *bytes, size_t length, uint64_t at)
{
    size_t done = 0;

    while (done < length) {
        ssize_t got = pread(fd, bytes + done, length - done, (off_t)(at + done));

        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static bool sync_folder(const struct journal_file *file)
{
    char folder[PATH_MAX], *slash;
    int fd, done;

    snprintf(folder, sizeof folder, "%s", file->path);
    slash = strrchr(folder, '/');
    if (slash != NULL)
        slash[slash == folder] = '\0';
    fd = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    done = file->system->sync_folder(file->system->context, fd);
    close(fd);
    return done == 0;
}

// Between processes; within one, journal_open is called once.
static bool take_lock(const struct journal_file *file, int wait_ms, struct ts_error *error)
{
    for (int waited = 0;; waited += LOCK_POLL_MS) {
        struct timespec pause = {.tv_nsec = LOCK_POLL_MS * 1000000L};

        if (flock(file->fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fault_system(file->path, "lock", error);
        if (waited >= wait_ms)
            return fault_busy(file->path, file->fd, error);
        nanosleep(&pause, NULL);
    }
}

// A file of the folder that is not the one that is locked was put there meanwhile (retired): the caller tries
// again.
static bool is_still_there(const struct journal_file *file)
{
    struct stat mine, named;

    return fstat(file->fd, &mine) == 0 && stat(file->path, &named) == 0 && mine.st_ino == named.st_ino &&
           mine.st_dev == named.st_dev;
}

static bool open_locked(struct journal_file *file, const struct journal_settings *settings,
                        struct ts_error *error)
{
    int create = settings->desk[0] != '\0' ? O_CREAT : 0;
    struct ts_error said = {0};

    if (create != 0 && !atomic_file_make_folders(file->path, &said))
        return fault_beside(file->path, "make the folder of", &said, error);
    for (int attempt = 0; attempt < 5; attempt++) {
        file->fd = open(file->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | create, 0600);
        if (file->fd < 0 && errno == ENOENT)
            return fault_none(file->path, error);
        if (file->fd < 0)
            return fault_system(file->path, "open", error);
        if (!take_lock(file, settings->lock_wait_ms, error))
            return false;
        if (is_still_there(file))
            return true;
        close(file->fd);
        file->fd = -1;
    }
    return error_set(error, TS_UNAVAILABLE, "JOURNAL_BUSY", "the journal is being replaced; try again");
}

// The header of a new file, synced with its folder before any record can follow.
static bool begin(struct journal_file *file, const struct journal_settings *settings, struct ts_error *error)
{
    struct seal_header header = {.created_at_ms = settings->now_ms};
    uint8_t bytes[SEAL_HEADER_BYTES];

    if (settings->keys->count == 0 || !seal_id_read(settings->keys->keys[0].key_id, header.key_id))
        return error_set(error, TS_FAILED_PRECONDITION, "JOURNAL_KEY",
                         "There is no key for the journal. Log in with the server once: it gives one.");
    if (!seal_id_make(header.journal_id))
        return error_set(error, TS_INTERNAL, "NO_RANDOM", "the system gives no random bytes");
    snprintf(header.desk, sizeof header.desk, "%s", settings->desk);
    seal_header_write(&header, bytes);
    return (write_all(file, file->fd, bytes, sizeof bytes, 0) &&
            file->system->sync_data(file->system->context, file->fd) == 0 && sync_folder(file)) ||
           fault_system(file->path, "begin", error);
}

static bool find_key(struct journal_file *file, const struct journal_settings *settings,
                     const uint8_t *header_bytes, struct journal_about *about, struct ts_error *error)
{
    struct seal_header header;
    char key_id[37];

    if (!seal_header_read(header_bytes, &header))
        return fault_format(file->path, header_bytes, error);
    seal_id_write(header.journal_id, about->journal_id);
    seal_id_write(header.key_id, key_id);
    about->created_at_ms = header.created_at_ms;
    snprintf(about->desk, sizeof about->desk, "%s", header.desk);
    for (size_t i = 0; i < settings->keys->count; i++)
        if (strcmp(settings->keys->keys[i].key_id, key_id) == 0)
            return seal_begin(&file->seal, settings->keys->keys[i].bytes, header_bytes, error);
    return error_set(error, TS_PERMISSION_DENIED, "JOURNAL_KEY",
                     "This journal is closed by another key (%.8s). Log in with its server, then try again.",
                     key_id);
}

// What was torn off goes into a file beside the journal, synced, before the journal is cut.
static bool set_aside(struct journal_file *file, const uint8_t *bytes, size_t size, uint64_t from,
                      const struct journal_settings *settings, struct journal_about *about,
                      struct ts_error *error)
{
    struct ts_error said = {0};

    snprintf(about->torn_path, sizeof about->torn_path, "%.400s.torn-%lld-at-%llu", file->path,
             (long long)(settings->now_ms / 1000), (unsigned long long)from);
    about->torn_bytes = size - from;
    if (!atomic_file_write(about->torn_path, bytes + from, size - from, 0600, &said))
        return fault_beside(file->path, "write beside", &said, error);
    if (file->system->cut(file->system->context, file->fd, (off_t)from) != 0 ||
        file->system->sync_data(file->system->context, file->fd) != 0)
        return fault_system(file->path, "cut", error);
    return true;
}

static void tell_damage(const struct journal_file *file, struct journal_about *about)
{
    static const struct {
        const char *reason, *words;
    } endings[] = {
        [SCAN_DAMAGED] = {"JOURNAL_DAMAGED",
                          "is damaged. Nothing is replayed: keep this file, export what stands "
                          "before it, and begin a new journal (journal retire)."},
        [SCAN_FORGED] = {"JOURNAL_ALTERED",
                         "was altered after it was written. Nothing is replayed: keep this file, "
                         "export what stands before it, and begin a new journal (journal "
                         "retire)."},
        [SCAN_NEWER] =
            {"JOURNAL_NEWER",
             "was written by a newer program. Nothing is replayed or added: open this file with that one."},
    };

    about->damaged_at_byte = file->end.at;
    snprintf(about->damage_reason, sizeof about->damage_reason, "%s", endings[file->end.ending].reason);
    snprintf(about->damage, sizeof about->damage, "Record %llu at byte %llu %s",
             (unsigned long long)file->end.place.number, (unsigned long long)file->end.at,
             endings[file->end.ending].words);
}

// A file without a whole header never had a record.
static bool begins_anew(struct journal_file *file, const struct journal_settings *settings,
                        const uint8_t *bytes, size_t size, struct journal_about *about,
                        struct ts_error *error)
{
    if (settings->desk[0] == '\0')
        return fault_no_journal(file->path, error);
    return (size == 0 || set_aside(file, bytes, size, 0, settings, about, error)) &&
           begin(file, settings, error);
}

static bool is_header_missing(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return size < SEAL_HEADER_BYTES;
    return true;
}

static bool read_whole(struct journal_file *file, uint8_t **ret_bytes, size_t *ret_size,
                       struct ts_error *error)
{
    struct stat about;
    uint8_t *bytes;

    if (fstat(file->fd, &about) != 0)
        return fault_system(file->path, "read", error);
    if (!S_ISREG(about.st_mode) || about.st_size > FILE_CEILING_BYTES)
        return fault_no_journal(file->path, error);
    bytes = malloc((size_t)about.st_size + 1);
    if (bytes == NULL)
        return fault_memory(error);
    if (!read_all(file->fd, bytes, (size_t)about.st_size, 0)) {
        free(bytes);
        return fault_system(file->path, "read", error);
    }
    *ret_bytes = bytes;
    *ret_size = (size_t)about.st_size;
    return true;
}

// Before a gigabyte of something else is read. Only what is opened to look at: a desk's own file is mended.
static bool looks_like_one(const struct journal_file *file, const struct journal_settings *settings,
                           struct ts_error *error)
{
    uint8_t bytes[SEAL_HEADER_BYTES];

    return settings->desk[0] != '\0' || !read_all(file->fd, bytes, sizeof bytes, 0) || seal_is_begun(bytes) ||
           fault_format(file->path, bytes, error);
}

static bool take_in(struct journal_file *file, const struct journal_settings *settings, scan_visit *visit,
                    void *context, struct journal_about *about, struct ts_error *error)
{
    uint8_t *bytes = NULL;
    size_t size;
    bool done = looks_like_one(file, settings, error) && read_whole(file, &bytes, &size, error);

    if (done && is_header_missing(bytes, size)) {
        done = begins_anew(file, settings, bytes, size, about, error);
        free(bytes);
        bytes = NULL;
        done = done && read_whole(file, &bytes, &size, error);
    }
    if (done)
        done = find_key(file, settings, bytes, about, error) &&
               scan_run(bytes, size, &file->seal, visit, context, &file->end, error);
    if (done && file->end.ending == SCAN_TORN)
        done = set_aside(file, bytes, size, file->end.at, settings, about, error);
    else if (done && file->end.ending != SCAN_WHOLE)
        tell_damage(file, about);
    free(bytes);
    // What another process wrote and died before it synced counts as saved from here on.
    if (done && file->system->sync_data(file->system->context, file->fd) != 0)
        done = fault_system(file->path, "sync", error);
    return done;
}

bool journal_file_open(struct journal_file *file, const struct journal_settings *settings, scan_visit *visit,
                       void *context, struct journal_about *ret_about, struct ts_error *error)
{
    *file = (struct journal_file){
        .fd = -1, .system = settings->system != NULL ? settings->system : journal_system_real()};
    *ret_about = (struct journal_about){0};
    if (snprintf(file->path, sizeof file->path, "%s", settings->path) >= (int)sizeof file->path)
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "the path of the journal is too long");
    if (open_locked(file, settings, error) && take_in(file, settings, visit, context, ret_about, error))
        return true;
    journal_file_close(file);
    return false;
}

void journal_file_close(struct journal_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
    explicit_bzero(&file->seal, sizeof file->seal);
}

// After a failed write the file is what it was before, or is not used any more.
static bool undo(struct journal_file *file, struct ts_error *error)
{
    int code = errno;

    if (file->system->cut(file->system->context, file->fd, (off_t)file->end.at) != 0 ||
        file->system->sync_data(file->system->context, file->fd) != 0)
        file->is_broken = true;
    errno = code;
    return fault_system(file->path, "write", error);
}

static bool put(struct journal_file *file, const uint8_t *frame, size_t length, struct ts_error *error)
{
    if (!write_all(file, file->fd, frame, length, file->end.at))
        return undo(file, error);
    if (file->system->sync_data(file->system->context, file->fd) != 0) {
        // The kernel may have dropped the pages and forgotten the error: no second sync is believed.
        file->is_broken = true;
        return undo(file, error);
    }
    return true;
}

static bool may_append(const struct journal_file *file, size_t plain, struct ts_error *error)
{
    if (file->end.ending == SCAN_NEWER)
        return fault_newer(file->path, error);
    if (file->end.ending == SCAN_DAMAGED || file->end.ending == SCAN_FORGED)
        return error_set(error, TS_DATA_LOSS, "JOURNAL_DAMAGED",
                         "The journal is damaged: nothing is added. Retire it (journal retire), then go on.");
    if (file->is_broken)
        return error_set(error, TS_INTERNAL, "JOURNAL_BROKEN",
                         "The disk failed while the journal was written. Start the program again.");
    if (plain > RECORD_CEILING_BYTES - SEAL_TAG_BYTES ||
        file->end.at > FILE_CEILING_BYTES - RECORD_CEILING_BYTES)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "JOURNAL_FULL",
                         "The journal is full. Replay it, then retire it (journal retire).");
    return true;
}

bool journal_file_append(struct journal_file *file, const struct record *record,
                         struct scan_position *ret_position, struct ts_error *error)
{
    size_t plain_size = record_size(record), size = SCAN_HEAD_BYTES + plain_size + SEAL_TAG_BYTES;
    uint8_t *plain, *frame;
    bool done;

    if (!may_append(file, plain_size, error))
        return false;
    plain = malloc(plain_size);
    frame = malloc(size);
    done = (plain != NULL && frame != NULL) || fault_memory(error);
    if (done) {
        record_write(record, plain);
        done = scan_frame(&file->seal, &file->end.place, plain, plain_size, frame, error) &&
               put(file, frame, size, error);
    }
    if (done) {
        *ret_position = (struct scan_position){
            .at = file->end.at, .length = (uint32_t)(plain_size + SEAL_TAG_BYTES), .place = file->end.place};
        file->end.at += size;
        file->end.ending = SCAN_WHOLE;
        file->end.place.number++;
        memcpy(file->end.place.tag_before, frame + size - SEAL_TAG_BYTES, SEAL_TAG_BYTES);
    }
    if (plain != NULL)
        explicit_bzero(plain, plain_size);
    free(plain);
    free(frame);
    return done;
}

bool journal_file_read(const struct journal_file *file, const struct scan_position *position,
                       uint8_t **ret_plain, size_t *ret_length, struct ts_error *error)
{
    size_t size = SCAN_HEAD_BYTES + (size_t)position->length;
    uint8_t *frame = malloc(size), *plain = malloc(position->length);
    bool done = (frame != NULL && plain != NULL) || fault_memory(error);

    if (done && !read_all(file->fd, frame, size, position->at))
        done = fault_system(file->path, "read", error);
    if (done && !scan_open(&file->seal, position, frame, plain))
        done = error_set(error, TS_DATA_LOSS, "JOURNAL_CHANGED",
                         "The journal changed under this program. Start it again.");
    free(frame);
    if (!done) {
        free(plain);
        return false;
    }
    *ret_plain = plain;
    *ret_length = position->length - SEAL_TAG_BYTES;
    return true;
}
