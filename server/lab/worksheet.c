// SPDX-License-Identifier: Apache-2.0
// The calls of worksheets: one is entered (worksheet_check.h calculates, the act writes), one is submitted
// (every test judged, verdict.h), and every answer shows what is judged of its samples so far.
#include "instrument/file.h"
#include "lab/controls.h"
#include "lab/lab.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "lab/verdict.h"
#include "lab/worksheet_check.h"
#include "lab/worksheet_readings.h"
#include "quality/worksheet_page.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "rpc/sql_step.h"
#include "touchstone/v1/worksheet.pb-c.h"
#include "wire/json_message.h"
#include "wire/text.h"

#include <stdio.h>

static bool no_memory(struct rpc_call *call)
{
    return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The worksheet is too large.");
}

static struct calculator *calculator_of(struct rpc_call *call)
{
    return ((struct lab *)dispatch_lab(call->dispatch))->calculator;
}

// With each test of the answer what it is judged by.
static ProtobufCMessage *read_with_facts(struct rpc_call *call, const ProtobufCMessageDescriptor *descriptor,
                                         struct json_beside **ret_beside)
{
    return json_message_read_beside(descriptor, call->row.value[0], call->row.length[0], "judge",
                                    &touchstone__internal__v1__judge_context__descriptor, ret_beside,
                                    call->arena, &call->error);
}

// ---- answers

// What is judged of each sample: a preview until it is submitted. The trace is for answers with one test.
static bool show_judgements(struct rpc_call *call, struct json_beside *beside)
{
    for (; beside; beside = beside->next) {
        Touchstone__V1__Test *test = (Touchstone__V1__Test *)beside->message;
        if (beside->message->descriptor != &touchstone__v1__test__descriptor)
            continue;
        if (!test->judgement && (test->n_readings > 0 || *test->inputs)) {
            test->judgement = verdict_make(test, (const void *)beside->facts, calculator_of(call), false,
                                           call->arena, &call->error);
            if (!test->judgement)
                return false;
        }
        if (test->judgement)
            test->judgement->trace = NULL;
    }
    return true;
}

// Of a sample whose batch is held no client learns a verdict; the result stays.
static bool withhold_one(struct rpc_call *call, const Touchstone__V1__WorksheetPosition *one)
{
    Touchstone__V1__Test *test = one->test;
    if (!one->held || !test || !test->judgement)
        return true;
    Touchstone__V1__Judgement *kept = arena_alloc(call->arena, sizeof *kept);
    if (!kept)
        return no_memory(call);
    touchstone__v1__judgement__init(kept);
    kept->mean = test->judgement->mean;
    kept->range = test->judgement->range;
    kept->expanded_uncertainty = test->judgement->expanded_uncertainty;
    kept->unit = test->judgement->unit;
    kept->requirement = test->judgement->requirement;
    kept->standard = test->judgement->standard;
    kept->catalogue_revision = test->judgement->catalogue_revision;
    test->judgement = kept;
    return true;
}

// Every answer has its positions under this name, a page those of what it shows.
static bool withhold(struct rpc_call *call, const ProtobufCMessage *answer)
{
    if (answer->descriptor == &touchstone__internal__v1__worksheet_page__descriptor)
        answer = (const void *)((const Touchstone__Internal__V1__WorksheetPage *)(const void *)answer)->shown;
    if (!answer)
        return true;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(answer->descriptor, "positions");
    if (!field)
        return true;
    size_t count = *(const size_t *)(const void *)((const char *)answer + field->quantifier_offset);
    Touchstone__V1__WorksheetPosition *const *positions =
        *(Touchstone__V1__WorksheetPosition *const *const *)(const void *)((const char *)answer +
                                                                           field->offset);
    for (size_t i = 0; i < count; i++)
        if (!withhold_one(call, positions[i]))
            return false;
    return true;
}

static ProtobufCMessage *read_answer(struct rpc_call *call, const ProtobufCMessageDescriptor *descriptor)
{
    struct json_beside *beside = NULL;
    ProtobufCMessage *answer = read_with_facts(call, descriptor, &beside);
    return answer && show_judgements(call, beside) && withhold(call, answer) ? answer : NULL;
}

static struct rpc_verdict answer(struct rpc_call *call)
{
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    const ProtobufCMessage *response = read_answer(call, call->method->response);
    return response ? rpc_reply(call, response) : rpc_fail_answer(call);
}

struct rpc_verdict step_worksheet(struct rpc_call *call)
{
    return call->stage == RPC_STAGE_FIRST ? sql_step_begin(call) : answer(call);
}

// ---- what an act is made of

// With each test the facts that it is judged by, by its position; false with call->error set.
static bool read_context(struct rpc_call *call, struct worksheet_check *check)
{
    struct json_beside *beside = NULL;
    const Touchstone__Internal__V1__WorksheetContext *context = (const void *)read_with_facts(
        call, &touchstone__internal__v1__worksheet_context__descriptor, &beside);
    if (!context)
        return false;
    check->context = context;
    check->calculator = calculator_of(call);
    check->arena = call->arena;
    for (; beside; beside = beside->next)
        for (size_t i = 0; i < context->n_positions; i++) {
            int position = context->positions[i]->position;
            if ((ProtobufCMessage *)context->positions[i]->test == beside->message && position >= 1 &&
                position <= WORKSHEET_POSITIONS)
                check->facts[position] = (const void *)beside->facts;
        }
    return true;
}

// ---- entering, and what an instrument's file holds for it

struct entry_work {
    struct worksheet_check check;
    Touchstone__V1__EnterWorksheetRequest request; // with the results of the file
    const Touchstone__V1__ReadingsFile *file;      // NULL: all of it was typed
    Touchstone__Internal__V1__FoundValues *found;
    Touchstone__Internal__V1__PlacedReadings *placed;
};

static struct entry_work *begin_entry(struct rpc_call *call, const Touchstone__V1__ReadingsFile *file)
{
    struct entry_work *work = arena_array(call->arena, 1, sizeof *work);
    call->state = work;
    if (!work) {
        no_memory(call);
        return NULL;
    }
    work->file = file;
    if (!read_context(call, &work->check))
        return NULL;
    if (file && !work->check.context->file) {
        error_set(&call->error, TS_INTERNAL, "WORKSHEET_BROKEN", "There is no layout to read the file by.");
        return NULL;
    }
    return work;
}

// On a worker: a megabyte takes longer than the loop may wait.
static bool read_readings(struct rpc_call *call)
{
    struct entry_work *work = call->state;
    return file_read(work->check.context->file, (const char *)work->file->content.data,
                     work->file->content.len, call->arena, &work->found, &call->error);
}

// Those of the request come first, so that the paths of what is wrong with them stay.
static bool merge_results(struct rpc_call *call, struct entry_work *work)
{
    Touchstone__V1__EnterWorksheetRequest *merged = &work->request;
    size_t typed = merged->n_results, read = work->placed->n_results;
    Touchstone__V1__PositionResult **results = arena_array(call->arena, typed + read + 1, sizeof *results);
    if (!results)
        return no_memory(call);
    for (size_t i = 0; i < typed + read; i++)
        results[i] = i < typed ? merged->results[i] : work->placed->results[i - typed];
    merged->results = results;
    merged->n_results = typed + read;
    return true;
}

static bool place_readings(struct rpc_call *call, struct entry_work *work)
{
    return worksheet_readings_place(work->check.context, work->found, work->request.results,
                                    work->request.n_results, call->arena, &work->placed, &call->error);
}

static bool decide_entry(struct rpc_call *call, struct entry_work *work)
{
    Touchstone__Internal__V1__WorksheetDecision decision = TOUCHSTONE__INTERNAL__V1__WORKSHEET_DECISION__INIT;
    work->request = *(const Touchstone__V1__EnterWorksheetRequest *)call->request;
    work->check.request = &work->request;
    if (work->file && (!place_readings(call, work) ||
                       !worksheet_readings_are_whole(work->check.context, work->placed, work->file->leave_out,
                                                     &call->error) ||
                       !merge_results(call, work)))
        return false;
    if (!worksheet_check_decide(&work->check, &decision, &call->error))
        return false;
    if (work->file) {
        decision.readings = work->placed;
        decision.results = work->request.results;
        decision.n_results = work->request.n_results;
    }
    return sql_step_hand_over(call, &decision.base);
}

static struct rpc_verdict go_on(struct rpc_call *call, bool decided)
{
    return decided ? sql_step_begin(call) : rpc_fail(call);
}

struct rpc_verdict step_enter_worksheet(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, DECIDE, PLACE };
    const Touchstone__V1__EnterWorksheetRequest *request = (const void *)call->request;
    struct entry_work *work = NULL;
    switch (call->stage) {
    case READ:
        return sql_step_ask(call, STATEMENT_WORKSHEET_ENTER_CONTEXT, DECIDE);
    case DECIDE:
        if (!call->row.value[0]) // the act itself says why not: replays, states
            return sql_step_begin(call);
        work = begin_entry(call, request->readings_file);
        if (work && work->file)
            return rpc_wait_work(call, read_readings, PLACE);
        return go_on(call, work && decide_entry(call, work));
    case PLACE:
        return go_on(call, call->work_succeeded && decide_entry(call, call->state));
    default:
        return answer(call);
    }
}

static bool preview_readings(struct rpc_call *call, struct entry_work *work)
{
    Touchstone__Internal__V1__WorksheetDecision decision = TOUCHSTONE__INTERNAL__V1__WORKSHEET_DECISION__INIT;
    touchstone__v1__enter_worksheet_request__init(&work->request);
    if (!place_readings(call, work))
        return false;
    decision.readings = work->placed;
    return sql_step_hand_over(call, &decision.base);
}

struct rpc_verdict step_preview_readings(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, PARSE, PLACE };
    const Touchstone__V1__PreviewReadingsRequest *request = (const void *)call->request;
    switch (call->stage) {
    case READ:
        return sql_step_ask(call, STATEMENT_WORKSHEET_ENTER_CONTEXT, PARSE);
    case PARSE:
        if (!call->row.value[0])
            return sql_step_begin(call);
        return begin_entry(call, request->readings_file) ? rpc_wait_work(call, read_readings, PLACE)
                                                         : rpc_fail(call);
    case PLACE:
        return go_on(call, call->work_succeeded && preview_readings(call, call->state));
    default:
        return sql_step_answer(call);
    }
}

// An entry that cannot be calculated is told with its position.
static bool fail_at(struct rpc_call *call, int position)
{
    char number[16], detail[sizeof call->error.detail];
    enum ts_status status = call->error.status;
    char reason[sizeof call->error.reason];
    snprintf(number, sizeof number, "%d", position);
    snprintf(detail, sizeof detail, "%s", call->error.detail);
    snprintf(reason, sizeof reason, "%s", call->error.reason);
    error_set(&call->error, status, reason, "Position %d: %s", position, detail);
    return error_metadata(&call->error, "position", number);
}

static bool judge_one(struct rpc_call *call, const struct worksheet_check *check,
                      const Touchstone__V1__WorksheetPosition *placed,
                      Touchstone__Internal__V1__FoundJudgement *found)
{
    touchstone__internal__v1__found_judgement__init(found);
    found->position = placed->position;
    found->test_id = placed->test->test_id;
    found->test_version = placed->test->version;
    found->judgement = verdict_make(placed->test, check->facts[placed->position], check->calculator, true,
                                    call->arena, &call->error);
    return found->judgement || fail_at(call, placed->position);
}

static bool decide_submission(struct rpc_call *call)
{
    Touchstone__Internal__V1__WorksheetSubmission submission =
        TOUCHSTONE__INTERNAL__V1__WORKSHEET_SUBMISSION__INIT;
    struct worksheet_check *check = arena_array(call->arena, 1, sizeof *check);
    if (!check || !read_context(call, check))
        return check ? false : no_memory(call);
    size_t count = check->context->n_positions;
    Touchstone__Internal__V1__FoundJudgement *found = arena_array(call->arena, count + 1, sizeof *found);
    submission.judgements = arena_array(call->arena, count + 1, sizeof *submission.judgements);
    if (!found || !submission.judgements)
        return no_memory(call);
    for (size_t i = 0; i < count; i++) {
        const Touchstone__V1__WorksheetPosition *placed = check->context->positions[i];
        if (placed->position < 1 || placed->position > WORKSHEET_POSITIONS || !check->facts[placed->position])
            continue; // nothing to judge by: the act says so
        if (!judge_one(call, check, placed, &found[i]))
            return false;
        submission.judgements[submission.n_judgements++] = &found[i];
    }
    return sql_step_hand_over(call, &submission.base);
}

struct rpc_verdict step_submit_worksheet(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, JUDGE };
    switch (call->stage) {
    case READ:
        return sql_step_ask(call, STATEMENT_WORKSHEET_SUBMIT_CONTEXT, JUDGE);
    case JUDGE:
        if (call->row.value[0] && !decide_submission(call))
            return rpc_fail(call);
        return sql_step_begin(call);
    default:
        return answer(call);
    }
}

// ---- the picture

static bool draw(struct rpc_call *call, Touchstone__V1__DrawWorksheetResponse *response)
{
    struct text svg;
    const Touchstone__Internal__V1__WorksheetPage *page =
        (const void *)read_answer(call, &touchstone__internal__v1__worksheet_page__descriptor);
    if (!page)
        return false;
    text_init(&svg, call->arena);
    if (!worksheet_page_write(page, &svg, &call->error))
        return false;
    response->picture.data = (uint8_t *)text_finish(&svg);
    response->picture.len = svg.length;
    return response->picture.data || no_memory(call);
}

static bool is_drawable(struct rpc_call *call)
{
    const Touchstone__V1__DrawWorksheetRequest *request = (const void *)call->request;
    return request->format != TOUCHSTONE__V1__PICTURE_FORMAT__PICTURE_FORMAT_PNG ||
           error_violation(&call->error, "format", "worksheets are drawn as SVG, not as PNG");
}

struct rpc_verdict step_draw_worksheet(struct rpc_call *call)
{
    Touchstone__V1__DrawWorksheetResponse response = TOUCHSTONE__V1__DRAW_WORKSHEET_RESPONSE__INIT;
    if (call->stage == RPC_STAGE_FIRST)
        return sql_step_begin(call);
    if (!sql_step_accepted(call) || !is_drawable(call))
        return rpc_fail(call);
    return draw(call, &response) ? rpc_reply(call, &response.base) : rpc_fail_answer(call);
}
