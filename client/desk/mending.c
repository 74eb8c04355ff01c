// SPDX-License-Identifier: Apache-2.0
// Correcting what was typed wrongly: the form holds what is there, only what differs is sent, and old and new
// stand below it before it is. See mending.h.
#include "desk/mending.h"

#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "rpc/outcome.h"
#include "run/request_id.h"
#include "touchstone/v1/desk.pb-c.h"

enum { REASON_LEAST = 4, REASON_MOST = 200, FACT_MOST = 120 };

static struct slot *add(struct mending *mending, enum slot_kind kind, const char *key, const char *zh,
                        const char *en, size_t most, const char *value)
{
    struct slot *slot = form_add(&mending->form, kind, key, zh, en, most);

    if (slot == NULL)
        return NULL;
    field_set(&slot->field, value);
    snprintf(mending->was[slot - mending->form.slots], FIELD_BYTES, "%s", value);
    return slot;
}

static void begin(struct desk *desk, const char *target, int64_t version)
{
    struct mending *mending = desk->mending;

    memset(&mending->form, 0, sizeof mending->form);
    mending->is_unsettled = false;
    snprintf(mending->target, sizeof mending->target, "%s", target);
    mending->version = version;
    request_id_make(mending->request_id);
    mending->from = (int)desk->screen;
    desk->screen = DESK_MENDING;
}

static void end_form(struct mending *mending, const char *reason)
{
    struct slot *slot = add(mending, SLOT_TEXT, "reason", "更正理由", "Because", REASON_MOST, reason);

    if (slot != NULL)
        slot->traits = SLOT_REQUIRED;
    form_go(&mending->form, 0);
}

static void add_facts(struct desk *desk, const Touchstone__V1__Item *item)
{
    for (size_t i = 0; i < item->n_facts && desk->mending->form.count + 1 < FORM_SLOTS; i++) {
        const char *key = item->facts[i]->field, *zh = key, *en = key;
        struct slot *slot;

        catalogue_name(desk->catalogue, key, &zh, &en);
        slot = add(desk->mending, SLOT_TEXT, key, zh, en, FACT_MOST, item->facts[i]->value);
        if (slot != NULL)
            slot->traits = SLOT_FACT;
    }
}

void mending_begin_item(struct desk *desk)
{
    const Touchstone__V1__Item *item = desk_item(desk);
    struct mending *mending = desk->mending;
    char pieces[16];

    begin(desk, item->item_code, item->version);
    mending->is_person = false;
    snprintf(mending->title, sizeof mending->title, "%.40s  %.120s", item->item_code, item->name);
    snprintf(pieces, sizeof pieces, "%d", item->pieces);
    add(mending, SLOT_TEXT, "name", "样品名称", "What it is", 120, item->name);
    add(mending, SLOT_DECIMAL, "mass_g", "总质量 g", "Mass g", 20, item->mass_g);
    add(mending, SLOT_WHOLE, "pieces", "件数", "Pieces", 4, pieces);
    add(mending, SLOT_TEXT, "claim_text", "标称", "Claim", 200, item->claim_text);
    add(mending, SLOT_TEXT, "hallmark", "印记", "Hallmark", 80, item->hallmark);
    add(mending, SLOT_TEXT, "condition", "样品状态", "Condition", 200, item->condition);
    add(mending, SLOT_TEXT, "stones", "镶石", "Stones", 200, item->stones);
    add(mending, SLOT_TEXT, "seal_no", "封样编号", "Seal", 40, item->seal_no);
    add(mending, SLOT_DECIMAL, "declared_value_cny", "声明价值 元", "Value CNY", 20,
        item->declared_value_cny);
    add_facts(desk, item);
    end_form(mending, "");
}

// The person was shown in full for the reason that stands in the dialog.
static void begin_person(struct desk *desk, const Touchstone__V1__RevealPersonResponse *shown)
{
    struct mending *mending = desk->mending;

    begin(desk, shown->person_id, shown->version);
    mending->is_person = true;
    snprintf(mending->title, sizeof mending->title, "%s", mending->gone_name);
    add(mending, SLOT_TEXT, "name", "姓名", "Name", 60, shown->name);
    add(mending, SLOT_PHONE, "phone", "电话", "Phone", 24, shown->phone);
    end_form(mending, mending->reason);
    // The reason is no change.
    snprintf(mending->was[mending->form.count - 1], FIELD_BYTES, "%s", mending->reason);
}

size_t mending_next(const struct mending *mending, size_t at)
{
    char value[FIELD_BYTES];

    // The last slot is the reason.
    for (; at + 1 < mending->form.count; at++) {
        form_value(&mending->form.slots[at], value);
        if (strcmp(value, mending->was[at]) != 0)
            return at;
    }
    return mending->form.count;
}

static bool is_clearable(const char *key)
{
    static const char *const keys[] = {"claim_text", "hallmark", "stones", "seal_no"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static bool is_ready(struct desk *desk)
{
    struct mending *mending = desk->mending;
    struct form *form = &mending->form;
    const struct slot *reason = &form->slots[form->count - 1];
    size_t fault = form_first_fault(form), at;
    char value[FIELD_BYTES];

    if (mending_next(mending, 0) == form->count) {
        desk_tell(desk, NOTE_BAD, "还没有改动：改好再按 F8，Esc 返回",
                  "Nothing differs yet: change it, then F8; Esc goes back");
        return false;
    }
    if (fault < form->count || field_count(&reason->field) < REASON_LEAST) {
        form_go(form, fault < form->count ? fault : form->count - 1);
        desk_tell(desk, NOTE_BAD, "%s还没有填或不对（理由至少 %d 个字）",
                  "%s is missing or wrong (the reason has at least %d characters)",
                  desk_say(desk, form_focused(form)->zh, form_focused(form)->en), REASON_LEAST);
        return false;
    }
    for (at = mending_next(mending, 0); at < form->count; at = mending_next(mending, at + 1)) {
        form_value(&form->slots[at], value);
        if (value[0] != '\0' || is_clearable(form->slots[at].key))
            continue;
        form_go(form, at);
        desk_tell(desk, NOTE_BAD, "%s不能清空：写上正确的内容", "%s cannot be emptied: write what is right",
                  desk_say(desk, form->slots[at].zh, form->slots[at].en));
        return false;
    }
    return true;
}

static bool fill(struct desk *desk, struct ask *ask)
{
    const struct mending *mending = desk->mending;
    const struct form *form = &mending->form;
    char value[FIELD_BYTES];
    bool done;

    form_value(&form->slots[form->count - 1], value);
    done = parts_set(ask, "request_id", mending->request_id) &&
           parts_set(ask, mending->is_person ? "person_id" : "item_code", mending->target) &&
           parts_set_version(ask, mending->version) && parts_set(ask, "reason", value);
    for (size_t at = mending_next(mending, 0); at < form->count && done; at = mending_next(mending, at + 1)) {
        const struct slot *slot = &form->slots[at];

        form_value(slot, value);
        if (slot->traits & SLOT_FACT)
            done = parts_set(ask, "facts+.field", slot->key) && parts_set(ask, "facts.value", value);
        else if (value[0] == '\0')
            done = parts_set(ask, "clear", slot->key);
        else
            done = parts_set(ask, slot->key, value);
    }
    return done;
}

static void send(struct desk *desk)
{
    struct ask ask;

    if (!ask_begin(desk->mending->is_person ? ASK_MEND_PERSON : ASK_MEND_ITEM, &ask))
        return;
    if (fill(desk, &ask)) {
        parts_put(desk, &ask);
        return;
    }
    desk_tell(desk, NOTE_BAD, "%s", "%s", ask.error.detail);
    ask_free(&ask);
}

// Nothing of a person that was shown in full stays.
static void leave(struct desk *desk)
{
    desk->screen = (enum desk_screen)desk->mending->from;
    explicit_bzero(&desk->mending->form, sizeof desk->mending->form);
    explicit_bzero(desk->mending->was, sizeof desk->mending->was);
}

bool mending_press(struct desk *desk, const struct press *press)
{
    struct mending *mending = desk->mending;
    enum form_result result;

    if (press->kind == PRESS_F8) {
        if (desk->running != ASK_MEND_ITEM && desk->running != ASK_MEND_PERSON &&
            (mending->is_unsettled || is_ready(desk)))
            send(desk);
        return true;
    }
    if (press->kind == PRESS_ESCAPE) {
        leave(desk);
        return true;
    }
    if (mending->is_unsettled) {
        desk_tell(desk, NOTE_BAD, "不知道是否已更正：按 F8 再问一次，不会改两次",
                  "It may be corrected or not: F8 asks again, and it is done once only");
        return true;
    }
    result = form_press(&mending->form, press);
    parts_tell_field(desk, &mending->form, result);
    if (result == FORM_LEFT_DOWN)
        desk_tell(desk, NOTE_PLAIN, "F8 更正", "F8 corrects");
    return result != FORM_IGNORED;
}

void mending_failed(struct desk *desk, const struct rpc_outcome *outcome)
{
    struct mending *mending = desk->mending;

    if (parts_is_unknown(outcome)) {
        mending->is_unsettled = true;
        desk_tell(desk, NOTE_BAD, "不知道是否已更正：按 F8 再问一次，不会改两次",
                  "It may be corrected or not: F8 asks again, and it is done once only");
    } else if (outcome->fate == RPC_ANSWERED && outcome->error.status != TS_UNAVAILABLE) {
        mending->is_unsettled = false;
        request_id_make(mending->request_id);
    }
}

void mending_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    enum ask_kind kind = ask->kind;

    desk->dialog = DIALOG_NONE;
    switch (kind) {
    case ASK_MEND_REVEAL:
        begin_person(desk, (Touchstone__V1__RevealPersonResponse *)response);
        return;
    case ASK_MEND_ITEM:
    case ASK_REJECT:
        if (kind == ASK_MEND_ITEM && desk->screen == DESK_MENDING)
            leave(desk);
        desk_hold(&desk->item, ask, response);
        desk_tell(desk, NOTE_GOOD,
                  kind == ASK_REJECT ? "已拒收，检测已取消；Ctrl-K 打印通知单" : "已更正，理由已留痕",
                  kind == ASK_REJECT ? "Rejected, its tests are cancelled; Ctrl-K prints the notice"
                                     : "Corrected; the reason is kept");
        return;
    case ASK_MEND_PERSON:
        if (desk->screen == DESK_MENDING)
            leave(desk);
        desk_tell(desk, NOTE_GOOD, "已更正，理由已留痕", "Corrected; the reason is kept");
        break;
    case ASK_MERGE:
        desk_tell(desk, NOTE_GOOD, "已合并：回执 %d 份、预约 %d 个并入 %s",
                  "Merged: %d receipts and %d bookings now stand under %s",
                  ((Touchstone__V1__MergePersonsResponse *)response)->merge->receipt_count,
                  ((Touchstone__V1__MergePersonsResponse *)response)->merge->booking_count,
                  desk->mending->kept_name);
        desk->mending->kept_id[0] = '\0';
        break;
    default:
        desk_tell(desk, NOTE_GOOD, "合并已撤销", "The merge is undone");
        changes_look(desk);
        return;
    }
    // What the list shows is not true any more.
    if (desk->screen == DESK_HOME && desk->asked[0] != '\0')
        home_find(desk);
}

// ---- the dialogs
void mending_dialog(struct desk *desk, struct form *form)
{
    struct catalogue *catalogue = desk->catalogue;

    if (desk->dialog == DIALOG_REJECT) {
        form_add_choice(form, "reason_id", "拒收原因", "Reason", catalogue->rejections,
                        catalogue->rejection_count, OPTION_NONE)
            ->traits = SLOT_REQUIRED;
        form_add(form, SLOT_TEXT, "words", "说明", "In words", 300)->traits = SLOT_REQUIRED;
        form_add(form, SLOT_DECIMAL, "fee_cny", "其余应收 元", "Others cost", 12);
    } else {
        form_add(form, SLOT_TEXT, "reason", "理由", "Reason", REASON_MOST)->traits = SLOT_REQUIRED;
    }
}

bool mending_fill(struct desk *desk, struct ask *ask)
{
    struct mending *mending = desk->mending;
    const Touchstone__V1__Item *item = desk_item(desk);
    const struct form *form = &desk->dialog_form;
    char value[FIELD_BYTES];
    bool done = true;

    for (size_t i = 0; i < form->count && done; i++) {
        form_value(&form->slots[i], value);
        done = value[0] == '\0' || parts_set(ask, form->slots[i].key, value);
    }
    switch (ask->kind) {
    case ASK_REJECT:
        return done && parts_set(ask, "item_code", item->item_code) && parts_set_version(ask, item->version);
    case ASK_MEND_REVEAL:
        form_value(&form->slots[0], mending->reason);
        return done && parts_set(ask, "person_id", mending->gone_id);
    case ASK_MERGE:
        return done && parts_set(ask, "kept_id", mending->kept_id) &&
               parts_set(ask, "gone_id", mending->gone_id);
    default:
        return done && parts_set(ask, "merge_id", mending->merge_id);
    }
}
