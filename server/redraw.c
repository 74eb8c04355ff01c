// SPDX-License-Identifier: Apache-2.0
// See redraw.h. The renderer is the daemon's own, in its own process, since it is fed what a stranger gave
// us.
#include "redraw.h"

#include "core/whole_file.h"
#include "evidence/checkpoint.h"
#include "evidence/note.h"
#include "evidence/sealed_pdf.h"
#include "evidence/tlog_proof.h"
#include "helper/frame.h"
#include "helpers.h"
#include "lab/sheet_codes.h"
#include "sheet/record_facts.h"
#include "sheet/seal.h"
#include "touchstone/internal/v1/helpers.pb-c.h"
#include "wire/arena.h"
#include "wire/timestamp.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARENA_BYTES = 192 << 20, FILE_BYTES = 64 << 20, PICTURE_BYTES = 16 << 20, DRAW_SECONDS = 60 };

struct order {
    const char *sheet, *photo, *seal_picture, *cma_picture, *cnas_picture;
};

struct redraw {
    struct arena *arena;
    const uint8_t *bytes; // the sealed sheet
    size_t length;
    struct sealed_pdf place;
    struct sheet_codes codes;
    struct ts_error error;
};

static bool read_bytes(struct redraw *redraw, const char *path, size_t ceiling,
                       ProtobufCBinaryData *ret_bytes)
{
    char *bytes;
    size_t length;
    if (!whole_file_read(path, ceiling, redraw->arena, &bytes, &length, &redraw->error))
        return false;
    *ret_bytes = (ProtobufCBinaryData){length, (uint8_t *)bytes};
    return true;
}

// Nothing of a path that is not given.
static bool read_picture(struct redraw *redraw, const char *path, ProtobufCBinaryData *ret_bytes)
{
    return !path || read_bytes(redraw, path, PICTURE_BYTES, ret_bytes);
}

// "example.org/log" of the proof's checkpoint names the host that stands in the codes.
static const char *read_host(struct redraw *redraw)
{
    static const char TAIL[] = "/log";
    struct tlog_proof *proof = arena_alloc(redraw->arena, sizeof *proof);
    struct note *note = arena_alloc(redraw->arena, sizeof *note);
    struct checkpoint checkpoint;
    if (!proof || !note) {
        error_set(&redraw->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the proof.");
        return NULL;
    }
    if (!tlog_proof_read((const char *)redraw->bytes + redraw->place.proof.at, redraw->place.proof.length,
                         proof, &redraw->error) ||
        !note_read(proof->checkpoint, proof->checkpoint_length, redraw->arena, note, &redraw->error) ||
        !checkpoint_read(note->body, note->body_length, &checkpoint, &redraw->error))
        return NULL;
    size_t tail = sizeof TAIL - 1, length = checkpoint.origin_length;
    if (length > tail && memcmp(checkpoint.origin + length - tail, TAIL, tail) == 0)
        return arena_copy(redraw->arena, checkpoint.origin, length - tail);
    error_set(&redraw->error, TS_DATA_LOSS, "E_CHECKPOINT", "The log's name does not end in /log.");
    return NULL;
}

static bool make_codes(struct redraw *redraw)
{
    const struct sealed_pdf *place = &redraw->place;
    struct record_facts facts;
    if (place->cose.length == 0)
        return true; // drawn before there were codes
    const char *host = read_host(redraw);
    return host &&
           record_facts_read(redraw->bytes + place->record.at, place->record.length, redraw->arena, &facts,
                             &redraw->error) &&
           sheet_codes_make(host, facts.sheet_no, redraw->bytes + place->cose.at, place->cose.length,
                            redraw->arena, &redraw->codes, &redraw->error);
}

// Its end of the socket pair; -1 without a process.
static int start_renderer(pid_t *ret_pid, struct ts_error *error)
{
    const struct timeval patience = {.tv_sec = DRAW_SECONDS};
    char path[HELPER_PATH_SIZE];
    int pair[2];
    if (!helpers_find_renderer(path, error))
        return -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 || (*ret_pid = fork()) < 0) {
        error_set(error, TS_UNAVAILABLE, "CHILD_FAILED", "No process for the renderer: %m");
        return -1;
    }
    if (*ret_pid == 0) {
        dup2(pair[1], STDIN_FILENO);
        dup2(pair[1], STDOUT_FILENO);
        execl(path, path, "--parent-death", (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return pair[0];
}

static bool exchange(struct redraw *redraw, const ProtobufCMessage *request, uint8_t **ret_reply,
                     size_t *ret_length)
{
    pid_t pid;
    size_t length = protobuf_c_message_get_packed_size(request);
    uint8_t *bytes = arena_alloc(redraw->arena, length + 1);
    if (!bytes)
        return error_set(&redraw->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY",
                         "No memory for what is to be drawn.");
    int channel = start_renderer(&pid, &redraw->error);
    if (channel < 0)
        return false;
    protobuf_c_message_pack(request, bytes);
    bool answered = frame_write(channel, bytes, length) &&
                    frame_read(channel, FRAME_CEILING_BYTES, ret_reply, ret_length) == FRAME_READ;
    close(channel);
    if (!answered)
        kill(pid, SIGKILL); // late, or gone already
    waitpid(pid, NULL, 0);
    return answered || error_set(&redraw->error, TS_UNAVAILABLE, "NOT_DRAWN", "The renderer gave no answer.");
}

static bool draw(struct redraw *redraw, const struct order *order, ProtobufCBinaryData *ret_pdf)
{
    ProtobufCAllocator allocator = arena_allocator(redraw->arena);
    Touchstone__Internal__V1__RenderRequest request = TOUCHSTONE__INTERNAL__V1__RENDER_REQUEST__INIT;
    uint8_t *reply;
    size_t length;
    request.record = (ProtobufCBinaryData){redraw->place.record.length,
                                           (uint8_t *)redraw->bytes + redraw->place.record.at};
    if (redraw->codes.full) {
        request.qr = (char *)redraw->codes.full;
        request.small_qr = (char *)redraw->codes.small;
    }
    if (!read_picture(redraw, order->photo, &request.photo) ||
        !read_picture(redraw, order->seal_picture, &request.seal_picture) ||
        !read_picture(redraw, order->cma_picture, &request.cma_picture) ||
        !read_picture(redraw, order->cnas_picture, &request.cnas_picture) ||
        !exchange(redraw, &request.base, &reply, &length))
        return false;
    Touchstone__Internal__V1__RenderReply *answer =
        touchstone__internal__v1__render_reply__unpack(&allocator, length, reply);
    free(reply);
    if (!answer || *answer->error)
        return error_set(
            &redraw->error, TS_FAILED_PRECONDITION, "NOT_DRAWN", "%s%s",
            answer ? answer->error : "The renderer's answer is no message.",
            answer && strstr(answer->error, "photo") ? " Give the item's photo with --photo FILE." : "");
    *ret_pdf = answer->pdf;
    return true;
}

// Where the sheet and what was made again part; `length` when they are the same up to there.
static size_t same_until(const struct redraw *redraw, size_t from, const uint8_t *made, size_t length)
{
    size_t at = from;
    while (at < length && at < redraw->length && redraw->bytes[at] == made[at])
        at++;
    return at;
}

static int compare_pages(const struct redraw *redraw, const ProtobufCBinaryData *pdf)
{
    size_t drawn = redraw->place.drawn_length;
    size_t at = same_until(redraw, 0, pdf->data, pdf->len < drawn ? pdf->len : drawn);
    if (at == drawn && at == pdf->len)
        return 0;
    printf(
        "DIFFERENT: the pages in the file are not those of its record, from byte %zu of %zu on (drawn again: "
        "%zu).\nEither another picture was sealed than the data, or another version of Touchstone drew it: "
        "draw "
        "with the version of the day of issue before you accuse anybody.\n",
        at, drawn, pdf->len);
    return 1;
}

// "2026-11-24T10:15:00+08:00" in seconds; 0 when it is none, and the sealed bytes then differ.
static uint64_t seconds_of(const char *text)
{
    int64_t seconds;
    int32_t nanos;
    return timestamp_parse(text, strlen(text), &seconds, &nanos) && seconds > 0 ? (uint64_t)seconds : 0;
}

static const uint8_t *part_of(const struct redraw *redraw, struct sealed_span span)
{
    return span.length > 0 ? redraw->bytes + span.at : NULL;
}

// What stands behind the pages may replace each of them: a reader shows the last object of a number. So it
// must be what the seal writes, but for the signature itself, which touchstone verify judges.
static int compare_seal(struct redraw *redraw, const ProtobufCBinaryData *pdf)
{
    const struct sealed_pdf *place = &redraw->place;
    const struct seal_input input = {.pdf = pdf->data,
                                     .pdf_length = pdf->len,
                                     .record = part_of(redraw, place->record),
                                     .record_length = place->record.length,
                                     .cose = part_of(redraw, place->cose),
                                     .cose_length = place->cose.length,
                                     .proof = part_of(redraw, place->proof),
                                     .proof_length = place->proof.length,
                                     .sealed_at_s = seconds_of(place->sealed_at)};
    struct seal_draft draft;
    if (!seal_prepare(&input, redraw->arena, &draft, &redraw->error))
        return 1;
    size_t hole = draft.hole + 1, after = hole + 2 * (size_t)SEAL_HOLE_BYTES;
    size_t at = same_until(redraw, 0, draft.bytes, hole);
    if (at == hole)
        at = same_until(redraw, after, draft.bytes, draft.length);
    if (at == draft.length && at == redraw->length)
        return 0;
    printf("DIFFERENT: the pages are drawn as the record says, but what was sealed behind them is not what "
           "Touchstone writes there, from byte %zu of %zu on. It may put another page over the drawn one, "
           "or another file beside them: trust neither, keep the file as evidence and ask. (Another version "
           "of Touchstone may have sealed it: look with the version of the day of issue before you accuse "
           "anybody.)\n",
           at, redraw->length);
    return 1;
}

static int compare(struct redraw *redraw, const ProtobufCBinaryData *pdf)
{
    if (compare_pages(redraw, pdf) != 0 || compare_seal(redraw, pdf) != 0)
        return 1;
    puts(
        "REDRAWN: every byte of the pages, and of what was sealed behind them, is what the record, the codes "
        "and the pictures give.");
    return 0;
}

static int run(struct redraw *redraw, const struct order *order)
{
    ProtobufCBinaryData sheet, pdf = {0};
    if (!read_bytes(redraw, order->sheet, FILE_BYTES, &sheet))
        return 1;
    redraw->bytes = sheet.data;
    redraw->length = sheet.len;
    const char *code = sealed_pdf_find(redraw->bytes, redraw->length, &redraw->place);
    if (code) {
        error_set(&redraw->error, TS_DATA_LOSS, code, "This is no sheet as Touchstone seals it.");
        return 1;
    }
    if (!make_codes(redraw) || !draw(redraw, order, &pdf))
        return 1;
    return compare(redraw, &pdf);
}

int redraw_run(int argc, char **argv)
{
    static const struct option options[] = {{"redraw", no_argument, NULL, 'r'},
                                            {"photo", required_argument, NULL, 'p'},
                                            {"seal-picture", required_argument, NULL, 's'},
                                            {"cma-picture", required_argument, NULL, 'c'},
                                            {"cnas-picture", required_argument, NULL, 'n'},
                                            {NULL, 0, NULL, 0}};
    struct order order = {0};
    struct redraw redraw = {0};
    bool is_redraw = false;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'r')
            is_redraw = true;
        else if (option == 'p')
            order.photo = optarg;
        else if (option == 's')
            order.seal_picture = optarg;
        else if (option == 'c')
            order.cma_picture = optarg;
        else if (option == 'n')
            order.cnas_picture = optarg;
        else
            return -1;
    }
    if (!is_redraw || optind != argc - 1)
        return -1;
    order.sheet = argv[optind];
    signal(SIGPIPE, SIG_IGN); // of a renderer that ends early
    redraw.arena = arena_create(ARENA_BYTES);
    if (!redraw.arena) {
        fputs("touchstoned: no memory\n", stderr);
        return 1;
    }
    int code = run(&redraw, &order);
    if (redraw.error.status != TS_OK)
        fprintf(stderr, "touchstoned: %s (%s)\n", redraw.error.detail, redraw.error.reason);
    arena_free(redraw.arena);
    return code;
}
