// SPDX-License-Identifier: Apache-2.0
// Requests of the daemon, see serve.h.
#include "render/serve.h"

#include "helper/confine.h"
#include "helper/frame.h"
#include "render/chart_request.h"
#include "render/original.h"
#include "render/report.h"
#include "touchstone/internal/v1/helpers.pb-c.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORK_SECONDS = 20 };

// U+9FA6 is in no subset: it opens the fallback.
static const char WARM_UP[] =
    "{\"format\":\"touchstone/record/1\",\"sheet_no\":\"0\",\"revision\":\"0\",\"specimen\":true,"
    "\"legal_class\":\"demonstration\",\"institute\":{\"name_zh\":\"样\",\"name_en\":\"S\"},"
    "\"laboratory\":{\"code\":\"S\",\"name_zh\":\"样\",\"name_en\":\"S\"},\"client\":{\"name\":"
    "\"\xE3\x90\x80\"},"
    "\"test_type\":{},\"item\":{\"code\":\"0\",\"name\":\"样\"},\"dates\":{\"received\":\"0\",\"issued\":"
    "\"0\"},"
    "\"results\":[{\"parameter_zh\":\"样\",\"method_standard\":\"0\",\"verdict\":\"not_judged\","
    "\"verdict_zh\":\"样\",\"verdict_en\":\"S\"}],\"conclusion\":{\"verdict\":\"not_judged\",\"zh\":\"样\","
    "\"en\":\"S\"},"
    "\"signatures\":[{\"role\":\"prepared\",\"role_zh\":\"样\",\"role_en\":\"S\",\"name\":\"S\",\"at\":\"0\"}"
    ","
    "{\"role\":\"reviewed\",\"role_zh\":\"样\",\"role_en\":\"S\",\"name\":\"S\",\"at\":\"0\"},"
    "{\"role\":\"approved\",\"role_zh\":\"样\",\"role_en\":\"S\",\"name\":\"\xE3\x90\x80\",\"at\":\"2000-01-"
    "01 00:00\"}]}";

bool serve_warm_up(struct canvas *canvas, struct ts_error *error)
{
    struct report report;
    uint8_t hash[EVP_MAX_MD_SIZE];
    struct report_input input = {.record = (const uint8_t *)WARM_UP, .record_length = sizeof WARM_UP - 1};
    if (!report_draw(canvas, &input, &report, error))
        return false;
    free(report.pdf);
    // OpenSSL reads its configuration at the first use, which the filter of calls would not allow.
    return EVP_Digest(WARM_UP, sizeof WARM_UP, hash, NULL, EVP_sha256(), NULL) == 1 ||
           error_set(error, TS_FAILED_PRECONDITION, "SHA256", "is not available");
}

static bool draw_original(struct canvas *canvas, const Touchstone__Internal__V1__RenderRequest *request,
                          struct report *report, struct ts_error *error)
{
    struct picture_bytes *pictures = calloc(request->n_pictures + 1, sizeof *pictures);
    if (!pictures)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "no memory for the pictures");
    for (size_t i = 0; i < request->n_pictures; i++)
        pictures[i] = (struct picture_bytes){request->pictures[i].data, request->pictures[i].len};
    const struct original_input input = {request->original.data, request->original.len, pictures,
                                         request->n_pictures};
    bool drawn = original_draw(canvas, &input, report, error);
    free(pictures);
    return drawn;
}

static bool try(struct canvas *canvas, const Touchstone__Internal__V1__RenderRequest *request,
                struct ts_error *error)
{
    for (size_t i = 0; i < request->n_trial_texts; i++)
        if (!original_try_text(canvas, request->trial_texts[i]->field, request->trial_texts[i]->text, error))
            return false;
    return request->trial.len == 0 || original_try_picture(request->trial.data, request->trial.len, error);
}

// The numbers are the same; what is none of them is the first.
static enum sheet_kind kind_of(const Touchstone__Internal__V1__RenderRequest *request)
{
    bool known = request->document >= 0 && (int)request->document <= (int)SHEET_SLIP;
    return known ? (enum sheet_kind)request->document : SHEET_FULL;
}

static enum sheet_standing standing_of(const Touchstone__Internal__V1__RenderRequest *request)
{
    bool known = request->standing >= 0 && (int)request->standing <= (int)SHEET_WITHDRAWN;
    return known ? (enum sheet_standing)request->standing : SHEET_STANDS;
}

// What the request asks: a chart, an original record, a picture and texts to be tried, else a sheet.
static bool draw(struct canvas *canvas, PangoFontMap *map,
                 const Touchstone__Internal__V1__RenderRequest *request, struct report *report,
                 struct chart_picture *picture, struct ts_error *error)
{
    const struct report_input input = {.record = request->record.data,
                                       .record_length = request->record.len,
                                       .photo = request->photo.data,
                                       .photo_length = request->photo.len,
                                       .seal = request->seal_picture.data,
                                       .seal_length = request->seal_picture.len,
                                       .marks = {{request->cma_picture.data, request->cma_picture.len},
                                                 {request->cnas_picture.data, request->cnas_picture.len}},
                                       .qr = request->qr,
                                       .small_qr = request->small_qr,
                                       .kind = kind_of(request),
                                       .standing = standing_of(request),
                                       .standing_since = request->standing_since};
    if (request->chart.len > 0)
        return chart_request_draw(map, request->chart.data, request->chart.len, picture, error);
    if (request->bars.len > 0)
        return chart_request_draw_bars(map, request->bars.data, request->bars.len, picture, error);
    if (request->original.len > 0)
        return draw_original(canvas, request, report, error);
    if (request->trial.len > 0 || request->n_trial_texts > 0)
        return try(canvas, request, error);
    return report_draw(canvas, &input, report, error);
}

static bool answer(struct canvas *canvas, PangoFontMap *map, const uint8_t *frame, size_t length, int output)
{
    Touchstone__Internal__V1__RenderReply reply = TOUCHSTONE__INTERNAL__V1__RENDER_REPLY__INIT;
    struct ts_error error = {.status = TS_OK};
    struct report report = {.pdf = NULL};
    struct chart_picture picture = {.png = NULL};
    char text[360] = "";
    Touchstone__Internal__V1__RenderRequest *request =
        touchstone__internal__v1__render_request__unpack(NULL, length, frame);
    if (request) {
        if (!draw(canvas, map, request, &report, &picture, &error))
            snprintf(text, sizeof text, "%s: %s", error.reason, error.detail);
        if (error.violation_count > 0) {
            reply.error_field = error.violations[0].field;
            reply.error_description = error.violations[0].description;
        }
    } else {
        snprintf(text, sizeof text, "REQUEST_BROKEN: the request is not a message");
    }
    reply.error = text;
    reply.pdf = (ProtobufCBinaryData){report.length, report.pdf};
    reply.page_count = report.page_count;
    reply.picture = (ProtobufCBinaryData){picture.length, picture.png};
    size_t size = touchstone__internal__v1__render_reply__get_packed_size(&reply);
    uint8_t *packed = malloc(size + 1);
    bool sent = packed && touchstone__internal__v1__render_reply__pack(&reply, packed) == size &&
                frame_write(output, packed, size);
    free(packed);
    free(report.pdf);
    free(picture.png);
    touchstone__internal__v1__render_request__free_unpacked(request, NULL);
    return sent;
}

bool serve_frames(struct canvas *canvas, PangoFontMap *map, int input, int output)
{
    for (;;) {
        uint8_t *frame;
        size_t length;
        enum frame_outcome outcome = frame_read(input, FRAME_CEILING_BYTES, &frame, &length);
        if (outcome != FRAME_READ)
            return outcome == FRAME_END;
        confine_work(WORK_SECONDS);
        bool sent = answer(canvas, map, frame, length, output);
        free(frame);
        if (!sent)
            return false;
    }
}
