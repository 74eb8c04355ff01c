// SPDX-License-Identifier: Apache-2.0
// The sheet works, see sheets.h: one sheet at a time through taking, drawing, sealing, storing. The
// database's lease decides who draws what; this only moves bytes between it, the renderer and the signer.
#include "lab/sheets.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/require.h"
#include "db/bytea.h"
#include "db/pool.h"
#include "db/value.h"
#include "lab/helper.h"
#include "lab/lab.h"
#include "lab/log_works.h"
#include "lab/sheet_codes.h"
#include "lab/statements.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "rpc/sql_step.h"
#include "sheet/record_facts.h"
#include "sheet/seal.h"
#include "touchstone/internal/v1/helpers.pb-c.h"
#include "wire/arena.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
    LEASE_SECONDS = 30,  // longer than drawing and sealing may take (helpers.c)
    IDLE_LOOK_MS = 2000, // another daemon's release, or a lease that ended
    BUSY_LOOK_MS = 200,  // a helper is being started again
    JOB_ARENA_BYTES = 64 << 20,
    PICTURE_KEPT_MS = 1000, // for who asked for it; they look every few ms
};

// The columns of sheet_work_take.
enum {
    WORK_SHEET_NO,
    WORK_REVISION,
    WORK_RECORD,
    WORK_PHOTO,
    WORK_ATTEMPTS,
    WORK_COSE,
    WORK_PROOF,
    WORK_SEAL,
    WORK_CMA,
    WORK_CNAS,
    WORK_COLUMNS
};

struct sheet_job {
    struct arena *arena; // NULL = no job
    char *sheet_no, *revision;
    bool specimen;
    uint8_t *record;
    size_t record_length;
    ProtobufCBinaryData photo, seal_picture, cma_picture, cnas_picture;
    uint8_t *cose;     // NULL: a sheet of before there was a log
    const char *proof; // the same
    size_t cose_length, proof_length;
    struct sheet_codes codes;
    struct seal_draft draft; // the drawn PDF with its hole
};

// The newest picture. A call that asked and went away leaves it to be overwritten after a while.
struct sheet_picture {
    uint64_t number, drawn_ms;
    bool is_drawing, is_taken;
    uint8_t *reply; // NULL when the renderer gave none
    size_t length;
};

struct sheet_works {
    const char *host;
    struct sheet_picture picture;
    struct db_pool *pool;
    struct helper *renderer, *signer;
    struct db_ticket *ticket;
    uv_timer_t timer;
    struct sheet_job job;
    bool asked_again;    // a release came while a job ran
    bool renderer_first; // for the next sheet: it is wanted as soon as the renderer is idle
    bool stopping;
    struct sheets_observer observer;
    bool wait; // the observer was told that a helper cannot run
};

static void look(struct sheet_works *works);

static void watch_helpers(struct sheet_works *works)
{
    const struct helper *broken = !helper_can_run(works->renderer) ? works->renderer
                                  : !helper_can_run(works->signer) ? works->signer
                                                                   : NULL;
    if (works->wait == (broken != NULL))
        return;
    works->wait = broken != NULL;
    if (broken)
        log_write(LOG_ERROR, "sheets_wait", "helper", helper_name(broken), "consequence",
                  "it ends at its start: released sheets are kept and sealed when it runs again", NULL);
    else
        log_write(LOG_INFO, "sheets_go_on", NULL);
    works->observer.changed(works->observer.context, !broken);
}

static void on_timer(uv_timer_t *timer)
{
    watch_helpers(timer->data);
    look(timer->data);
}

static void look_later(struct sheet_works *works, uint64_t delay_ms)
{
    if (!works->stopping)
        uv_timer_start(&works->timer, on_timer, delay_ms, 0);
}

static void end_job(struct sheet_works *works, uint64_t look_again_ms)
{
    arena_free(works->job.arena);
    memset(&works->job, 0, sizeof works->job);
    look_later(works, works->asked_again ? 0 : look_again_ms);
    works->asked_again = false;
}

static void on_failure_stored(void *context, const struct db_outcome *outcome)
{
    struct sheet_works *works = context;
    (void)outcome; // when even this is lost, the lease ends by itself
    works->ticket = NULL;
    end_job(works, IDLE_LOOK_MS);
}

// The operator reads it in the log, the database keeps it beside the sheet, the lease is given back.
static void fail_job(struct sheet_works *works, const char *stage, const char *why)
{
    log_write(LOG_ERROR, "sheet_failed", "sheet_no", works->job.sheet_no, "stage", stage, "error", why, NULL);
    const struct db_value values[] = {value_text(works->job.sheet_no), value_text(works->job.revision),
                                      value_text(why)};
    works->ticket =
        pool_submit(works->pool, STATEMENT_SHEET_WORK_FAILED, values, 0, on_failure_stored, works, NULL);
    if (!works->ticket)
        end_job(works, IDLE_LOOK_MS);
}

static void on_stored(void *context, const struct db_outcome *outcome)
{
    struct sheet_works *works = context;
    works->ticket = NULL;
    if (outcome->kind != DB_DONE) {
        fail_job(works, "store", outcome->error.reason); // what was stored after all stays stored
        return;
    }
    log_write(LOG_INFO, "sheet_sealed", "sheet_no", works->job.sheet_no, NULL);
    end_job(works, 0);
}

static void store(struct sheet_works *works, const uint8_t *pdf, size_t length)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    if (!SHA256(pdf, length, hash)) {
        fail_job(works, "seal", "no memory for the hash of the sheet");
        return;
    }
    const struct db_value values[] = {value_text(works->job.sheet_no), value_text(works->job.revision),
                                      value_bytea(pdf, length), value_bytea(hash, sizeof hash)};
    works->ticket = pool_submit(works->pool, STATEMENT_SHEET_WORK_DONE, values, 0, on_stored, works, NULL);
    if (!works->ticket)
        fail_job(works, "store", "the database takes nothing now");
}

static void on_signed(void *context, const uint8_t *bytes, size_t length)
{
    struct sheet_works *works = context;
    ProtobufCAllocator allocator = arena_allocator(works->job.arena);
    struct ts_error error = {0};
    Touchstone__Internal__V1__SignerReply *reply =
        bytes ? touchstone__internal__v1__signer_reply__unpack(&allocator, length, bytes) : NULL;
    if (!reply)
        fail_job(works, "seal", "the signer gave no answer");
    else if (*reply->error)
        fail_job(works, "seal", reply->error);
    else if (!seal_finish(&works->job.draft, reply->cms.data, reply->cms.len, &error))
        fail_job(works, "seal", error.detail);
    else
        store(works, works->job.draft.bytes, works->job.draft.length);
}

static bool ask(struct sheet_works *works, struct helper *helper, const ProtobufCMessage *request,
                helper_done *done)
{
    size_t length = protobuf_c_message_get_packed_size(request);
    uint8_t *bytes = arena_alloc(works->job.arena, length + 1);
    if (!bytes)
        return false;
    protobuf_c_message_pack(request, bytes);
    return helper_ask(helper, bytes, length, done, works);
}

static void seal(struct sheet_works *works, const ProtobufCBinaryData *pdf)
{
    struct sheet_job *job = &works->job;
    struct ts_error error = {0};
    const struct seal_input input = {
        .pdf = pdf->data,
        .pdf_length = pdf->len,
        .record = job->record,
        .record_length = job->record_length,
        .cose = job->cose,
        .cose_length = job->cose_length,
        .proof = (const uint8_t *)job->proof,
        .proof_length = job->proof_length,
        .sealed_at_s = (uint64_t)(clock_wall_us(NULL) / 1000000),
    };
    if (!seal_prepare(&input, job->arena, &job->draft, &error)) {
        fail_job(works, "seal", error.detail);
        return;
    }
    Touchstone__Internal__V1__SealRequest request = TOUCHSTONE__INTERNAL__V1__SEAL_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest envelope = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    request.sheet_no = job->sheet_no;
    request.revision = atoi(job->revision);
    request.digest.data = job->draft.digest;
    request.digest.len = sizeof job->draft.digest;
    request.specimen = job->specimen;
    envelope.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_SEAL;
    envelope.seal = &request;
    if (!ask(works, works->signer, &envelope.base, on_signed))
        fail_job(works, "seal", "the signer cannot be asked now");
}

static void on_drawn(void *context, const uint8_t *bytes, size_t length)
{
    struct sheet_works *works = context;
    ProtobufCAllocator allocator = arena_allocator(works->job.arena);
    Touchstone__Internal__V1__RenderReply *reply =
        bytes ? touchstone__internal__v1__render_reply__unpack(&allocator, length, bytes) : NULL;
    if (!reply)
        fail_job(works, "draw", "the renderer gave no answer");
    else if (*reply->error)
        fail_job(works, "draw", reply->error);
    else
        seal(works, &reply->pdf);
}

static void draw(struct sheet_works *works)
{
    Touchstone__Internal__V1__RenderRequest request = TOUCHSTONE__INTERNAL__V1__RENDER_REQUEST__INIT;
    request.record.data = works->job.record;
    request.record.len = works->job.record_length;
    request.photo = works->job.photo;
    request.seal_picture = works->job.seal_picture;
    request.cma_picture = works->job.cma_picture;
    request.cnas_picture = works->job.cnas_picture;
    if (works->job.cose) {
        request.qr = (char *)works->job.codes.full;
        request.small_qr = (char *)works->job.codes.small;
    }
    if (!ask(works, works->renderer, &request.base, on_drawn))
        fail_job(works, "draw", "the renderer cannot be asked now");
}

static char *column(const PGresult *result, struct arena *arena, int number)
{
    return arena_copy(arena, PQgetvalue(result, 0, number), (size_t)PQgetlength(result, 0, number));
}

static bool read_record(struct sheet_job *job, const PGresult *result, struct ts_error *error)
{
    struct record_facts facts;
    if (!bytea_decode(PQgetvalue(result, 0, WORK_RECORD), (size_t)PQgetlength(result, 0, WORK_RECORD),
                      job->arena, &job->record, &job->record_length, error) ||
        !record_facts_read(job->record, job->record_length, job->arena, &facts, error))
        return false;
    job->specimen = facts.specimen;
    return true;
}

static bool read_evidence(struct sheet_job *job, const char *host, const PGresult *result,
                          struct ts_error *error)
{
    if (PQgetisnull(result, 0, WORK_COSE))
        return true;
    job->proof = column(result, job->arena, WORK_PROOF);
    job->proof_length = (size_t)PQgetlength(result, 0, WORK_PROOF);
    if (!job->proof)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for a sheet.");
    return bytea_decode(PQgetvalue(result, 0, WORK_COSE), (size_t)PQgetlength(result, 0, WORK_COSE),
                        job->arena, &job->cose, &job->cose_length, error) &&
           sheet_codes_make(host, job->sheet_no, job->cose, job->cose_length, job->arena, &job->codes, error);
}

static bool read_picture(struct sheet_job *job, const PGresult *result, int number,
                         ProtobufCBinaryData *ret_picture, struct ts_error *error)
{
    return PQgetisnull(result, 0, number) ||
           bytea_decode(PQgetvalue(result, 0, number), (size_t)PQgetlength(result, 0, number), job->arena,
                        &ret_picture->data, &ret_picture->len, error);
}

static bool read_job(struct sheet_job *job, const char *host, const PGresult *result, struct ts_error *error)
{
    require(PQnfields(result) == WORK_COLUMNS);
    job->arena = arena_create(JOB_ARENA_BYTES);
    if (!job->arena)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for a sheet.");
    job->sheet_no = column(result, job->arena, WORK_SHEET_NO);
    job->revision = column(result, job->arena, WORK_REVISION);
    if (!job->sheet_no || !job->revision)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for a sheet.");
    return read_record(job, result, error) && read_evidence(job, host, result, error) &&
           read_picture(job, result, WORK_PHOTO, &job->photo, error) &&
           read_picture(job, result, WORK_SEAL, &job->seal_picture, error) &&
           read_picture(job, result, WORK_CMA, &job->cma_picture, error) &&
           read_picture(job, result, WORK_CNAS, &job->cnas_picture, error);
}

static void on_taken(void *context, const struct db_outcome *outcome)
{
    struct sheet_works *works = context;
    struct ts_error error = {0};
    works->ticket = NULL;
    if (works->stopping)
        return;
    if (outcome->kind != DB_DONE || PQntuples(outcome->result) == 0) {
        end_job(works, IDLE_LOOK_MS);
    } else if (!read_job(&works->job, works->host, outcome->result, &error)) {
        // Taken, and for want of memory not even its number is known: the lease ends by itself.
        if (works->job.sheet_no && works->job.revision) {
            fail_job(works, "take", error.detail);
            return;
        }
        log_write(LOG_ERROR, "sheet_not_taken", "error", error.detail, NULL);
        end_job(works, IDLE_LOOK_MS);
    } else {
        draw(works);
    }
}

// ---- pictures

static void on_picture(void *context, const uint8_t *bytes, size_t length)
{
    struct sheet_works *works = context;
    struct sheet_picture *picture = &works->picture;
    picture->is_drawing = false;
    picture->reply = bytes ? malloc(length + 1) : NULL;
    picture->length = length;
    picture->drawn_ms = clock_monotonic_ms(NULL);
    if (picture->reply)
        memcpy(picture->reply, bytes, length);
    if (works->renderer_first)
        look_later(works, 0);
}

static bool is_renderer_free(const struct sheet_works *works)
{
    // From the taking of a sheet on the renderer is the sheet's: a picture in between would let it fail.
    return !works->stopping && !works->ticket && !works->job.arena && !works->renderer_first &&
           helper_is_idle(works->renderer);
}

static bool is_kept(const struct sheet_picture *picture)
{
    return picture->is_drawing || (picture->reply && !picture->is_taken &&
                                   clock_monotonic_ms(NULL) - picture->drawn_ms < PICTURE_KEPT_MS);
}

const char *sheets_host(const struct sheet_works *works)
{
    return works->host;
}

uint64_t sheets_ask_picture(struct sheet_works *works, const uint8_t *request, size_t length)
{
    struct sheet_picture *picture = &works->picture;
    if (!is_renderer_free(works) || is_kept(picture))
        return 0;
    free(picture->reply);
    *picture = (struct sheet_picture){.number = picture->number + 1, .is_drawing = true};
    if (helper_ask(works->renderer, request, length, on_picture, works))
        return picture->number;
    picture->is_drawing = false;
    return 0;
}

enum sheets_picture sheets_take_picture(struct sheet_works *works, uint64_t number, const uint8_t **ret_reply,
                                        size_t *ret_length)
{
    struct sheet_picture *picture = &works->picture;
    if (picture->number != number)
        return SHEETS_PICTURE_LOST;
    if (picture->is_drawing)
        return SHEETS_PICTURE_DRAWING;
    if (!picture->reply)
        return SHEETS_PICTURE_LOST;
    picture->is_taken = true;
    *ret_reply = picture->reply;
    *ret_length = picture->length;
    return SHEETS_PICTURE_DONE;
}

// ---- the works

static void look(struct sheet_works *works)
{
    if (works->stopping || works->ticket || works->job.arena)
        return;
    // Not while the signer cannot: then no sheet is taken, and pictures go on.
    works->renderer_first = !helper_is_idle(works->renderer) && helper_is_up(works->signer);
    if (!helper_is_idle(works->renderer) || !helper_is_up(works->signer)) {
        look_later(works, BUSY_LOOK_MS);
        return;
    }
    char lease[16];
    snprintf(lease, sizeof lease, "%d", LEASE_SECONDS);
    const struct db_value values[] = {value_text(lease)};
    works->ticket = pool_submit(works->pool, STATEMENT_SHEET_WORK_TAKE, values, 0, on_taken, works, NULL);
    if (!works->ticket)
        look_later(works, IDLE_LOOK_MS);
}

void sheets_wake(struct sheet_works *works)
{
    if (works->ticket || works->job.arena)
        works->asked_again = true;
    else
        look_later(works, 0);
}

struct sheet_works *sheets_create(struct uv_loop_s *loop, struct db_pool *pool,
                                  const struct sheets_config *config, struct ts_error *error)
{
    struct sheet_works *works = calloc(1, sizeof *works);
    if (!works) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the sheet works.");
        return NULL;
    }
    works->pool = pool;
    works->host = config->host;
    works->observer = config->observer;
    uv_timer_init(loop, &works->timer);
    works->timer.data = works;
    works->renderer = helper_create(loop, config->renderer, error);
    works->signer = works->renderer ? helper_create(loop, config->signer, error) : NULL;
    if (!works->signer) {
        sheets_free(works);
        return NULL;
    }
    look_later(works, 0);
    return works;
}

struct helper *sheets_signer(struct sheet_works *works)
{
    return works->signer;
}

void sheets_read_restarts(const struct sheet_works *works, uint64_t *ret_renderer, uint64_t *ret_signer)
{
    *ret_renderer = helper_restarts(works->renderer);
    *ret_signer = helper_restarts(works->signer);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct sheet_works *works = handle->data;
    arena_free(works->job.arena);
    free(works->picture.reply);
    free(works);
}

void sheets_free(struct sheet_works *works)
{
    if (!works)
        return;
    works->stopping = true;
    if (works->ticket)
        pool_orphan(works->ticket);
    works->ticket = NULL;
    helper_free(works->renderer);
    helper_free(works->signer);
    uv_close((uv_handle_t *)&works->timer, on_timer_closed);
}

struct rpc_verdict sheets_released(struct rpc_call *call)
{
    const struct lab *lab = dispatch_lab(call->dispatch);
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    log_works_wake(lab->log); // which wakes the sheets when it has entered this one
    return rpc_reply_json(call, call->row.value[0], call->row.length[0]);
}
