// SPDX-License-Identifier: Apache-2.0
// Slots of an intake: what the request has a field for, in the order in which a person fills it in, then what
// else the catalogue wants recorded at this laboratory, as facts.
#include "desk/intake_slots.h"

#include <stdio.h>
#include <string.h>

#include "desk/catalogue.h"
#include "desk/form.h"

// What becomes of a field of the catalogue. Any that is not named below is a fact under its own key.
enum field_use {
    // Into the request's field of that name.
    FIELD_SENT,
    // A fact, under the name that a report reads it by (lab.item_fact_kinds).
    FIELD_FACT,
    // Asked elsewhere (the visitor, the agreement), or nobody types it.
    FIELD_SKIPPED,
};

struct known_field {
    const char *key;
    const char *name;
    enum field_use use;
};

static const struct known_field known_fields[] = {
    {"client_name", NULL, FIELD_SKIPPED},
    {"client_id_last4", NULL, FIELD_SKIPPED},
    {"phone", NULL, FIELD_SKIPPED},
    {"booking", NULL, FIELD_SKIPPED},
    {"purpose", NULL, FIELD_SKIPPED},
    {"standard_agreed", NULL, FIELD_SKIPPED},
    {"decision_rule", NULL, FIELD_SKIPPED},
    {"destructive_consent", NULL, FIELD_SKIPPED},
    {"return_choice", NULL, FIELD_SKIPPED},
    {"stmt_source", NULL, FIELD_SKIPPED},
    {"gross_mass", "mass_g", FIELD_SENT},
    {"pieces", "pieces", FIELD_SENT},
    {"hallmark", "hallmark", FIELD_SENT},
    {"claimed", "claim_text", FIELD_SENT},
    {"species_claim", "claim_text", FIELD_SENT},
    {"comp", "claim_text", FIELD_SENT},
    {"stones", "stones", FIELD_SENT},
    {"declared_value", "declared_value_cny", FIELD_SENT},
    {"seal_no", "seal_no", FIELD_SENT},
    {"condition", "condition", FIELD_SENT},
    {"photo", "photo", FIELD_SENT},
    {"prod_date", "produced_on", FIELD_SENT},
    {"producer", "mfr", FIELD_FACT},
    {"maker", "mfr", FIELD_FACT},
    {"lot", "batch", FIELD_FACT},
    {"address", "sampling_place", FIELD_FACT},
    {"closed_h", "closing", FIELD_FACT},
};

static const struct known_field *known_field(const char *key)
{
    for (size_t i = 0; i < sizeof known_fields / sizeof *known_fields; i++)
        if (strcmp(known_fields[i].key, key) == 0)
            return &known_fields[i];
    return NULL;
}

// Labels that leave room for a field on a narrow terminal; the catalogue's own stands beside the field or
// below it.
static const struct option short_labels[] = {
    {"claim_text", "标称", "Claim"},
    {"declared_value_cny", "声明价值 元", "Value CNY"},
    {"stones", "镶石", "Stones"},
    {"plating", "镀层/空心", "Plating"},
    {"photo", "照片文件", "Picture"},
    {"seal_no", "封样编号", "Seal"},
    {"wearing", "现场摘戴", "Worn here"},
    {"guardian", "监护人同意", "Guardian"},
    {"invoice", "发票/标签", "Invoice"},
    {"custody", "保管柜位", "Safe"},
    {"class", "产品类别", "Class"},
    {"colour", "颜色染色", "Colour"},
    {"area", "面积", "Area"},
    {"temp", "温度 C", "Temperature C"},
    {"rh", "湿度 %", "Humidity %"},
    {"pressure", "气压 kPa", "Pressure kPa"},
    {"flow_pre", "采前流量 L/min", "L/min before"},
    {"flow_post", "采后流量 L/min", "L/min after"},
    {"height", "层高 m", "Height m"},
    {"storage", "密封避光", "Sealed, dark"},
    {"food_name", "食品类别", "Food"},
    {"package_state", "包装状态", "Package is"},
    {"produced_on", "生产日期", "Produced on"},
    {"qty", "数量规格", "Quantity"},
    {"temp_in", "到样温度 C", "Arrived at C"},
    {"storage_req", "贮存条件", "Storage"},
    {"seller", "购买地点", "Bought at"},
    {"micro_time", "距微检小时", "To micro, h"},
    {"retain", "留样", "Retained"},
    {"sampling_place", "采样地点", "Address"},
    {"room", "房间用途", "Room"},
    {"std", "判定标准", "Standard"},
    {"closing", "关闭时长 h", "Closed h"},
    {"decor_end", "装修完成", "Decorated"},
    {"start_end", "采样起止", "From, to"},
    {"outdoor", "室外对照", "Outdoor"},
    {"tube_id", "吸附管编号", "Tube"},
    {"safety_class", "安全类别", "Class"},
    {"age", "年龄/身高", "Age"},
    {"max_e", "最大/分度", "Max and e"},
    {"mercury", "汞泄漏", "Mercury"},
};

static const struct option rules[] = {
    {"simple", "简单接受", "simple"},
    {"guard_accept_U", "带保护带接受 U", "guarded acceptance, U"},
    {"guard_1p64u", "带保护带接受 1.64u", "guarded acceptance, 1.64u"},
    {"guard_reject_U", "带保护带拒绝 U", "guarded rejection, U"},
    {"nonbinary_U", "非二元判定", "non-binary"},
    {"prob", "给出符合概率", "probability of conformity"},
    {"prob95", "符合概率 95%", "conformity by 95 %"},
};

void intake_slots_visitor(struct form *form, const char *name, const char *phone, int is_known)
{
    struct slot *slot;

    memset(form, 0, sizeof *form);
    if (!is_known) {
        slot = form_add(form, SLOT_TEXT, "owner.name", "委托人", "Owner", 60);
        slot->traits = SLOT_REQUIRED;
        field_set(&slot->field, name);
        slot = form_add(form, SLOT_PHONE, "owner.phone", "电话", "Phone", 24);
        slot->traits = SLOT_REQUIRED;
        field_set(&slot->field, phone);
    }
    form_add(form, SLOT_TEXT, "bringer.name", "代送人", "Brought by", 60);
    form_add(form, SLOT_PHONE, "bringer.phone", "代送人电话", "Their phone", 24);
    slot = form_add(form, SLOT_TEXT, "authorisation", "授权依据", "Authority", 200);
    snprintf(slot->rule, sizeof slot->rule, "%s",
             "代送时必填：委托书或授权的记录 / needed when somebody else brings it");
}

static struct slot *add_text(struct form *form, const char *key, const char *zh, const char *en, size_t most,
                             const char *preset)
{
    struct slot *slot = form_add(form, SLOT_TEXT, key, zh, en, most);

    field_preset(&slot->field, preset);
    return slot;
}

static void add_common(struct form *form, struct catalogue *catalogue)
{
    struct slot *slot;

    form_add_choice(form, "package", "套餐", "Package", catalogue->packages, catalogue->package_count, 0);
    slot = form_add_choice(form, "claimed_product_id", "标称产品", "Claimed as", catalogue->products,
                           catalogue->product_count, OPTION_NONE);
    slot->traits = SLOT_REQUIRED;
    add_text(form, "name", "样品名称", "What it is", 120, "")->traits = SLOT_REQUIRED;
    slot = form_add(form, SLOT_DECIMAL, "mass_g", "总质量 g", "Mass g", 20);
    slot->traits = SLOT_REQUIRED;
    slot = form_add(form, SLOT_WHOLE, "pieces", "件数", "Pieces", 4);
    slot->traits = SLOT_REQUIRED;
    field_preset(&slot->field, "1");
    add_text(form, "condition", "样品状态", "Condition", 200, "完好 good")->traits = SLOT_REQUIRED;
}

static void shorten(struct slot *slot, const struct catalogue_field *field)
{
    for (size_t i = 0; i < sizeof short_labels / sizeof *short_labels; i++)
        if (strcmp(short_labels[i].value, slot->key) == 0) {
            snprintf(slot->zh, sizeof slot->zh, "%s", short_labels[i].zh);
            snprintf(slot->en, sizeof slot->en, "%s", short_labels[i].en);
            snprintf(slot->long_zh, sizeof slot->long_zh, "%s", field->zh);
            snprintf(slot->long_en, sizeof slot->long_en, "%s", field->en);
        }
}

// The kind of a fact's slot by what the catalogue says of its type.
static enum slot_kind kind_of(const char *type)
{
    if (strncmp(type, "number", 6) == 0)
        return SLOT_DECIMAL;
    if (strcmp(type, "int") == 0)
        return SLOT_WHOLE;
    if (strcmp(type, "check") == 0)
        return SLOT_TICK;
    return strcmp(type, "date") == 0 ? SLOT_DATE : SLOT_TEXT;
}

static void add_field(struct form *form, struct catalogue *catalogue, const struct catalogue_field *field)
{
    const struct known_field *known = known_field(field->key);
    const char *key = known != NULL && known->name != NULL ? known->name : field->key;
    const struct option *options;
    struct slot *slot;
    int count;

    if (known != NULL && known->use == FIELD_SKIPPED)
        return;
    slot = form_find(form, key);
    options = slot == NULL ? catalogue_options(catalogue, field->type, &count) : NULL;
    if (slot == NULL)
        slot = options != NULL ? form_add_choice(form, key, field->zh, field->en, options, count, OPTION_NONE)
                               : form_add(form, kind_of(field->type), key, field->zh, field->en, 80);
    if (slot == NULL)
        return;
    if (known == NULL || known->use == FIELD_FACT)
        slot->traits |= SLOT_FACT;
    // The catalogue's "must" is told before the intake is sent; without it the server's own rule decides.
    snprintf(slot->rule, sizeof slot->rule, "%s%s", field->is_required ? "*" : "", field->rule);
    if (strcmp(key, "seal_no") == 0)
        slot->traits |= SLOT_TAKES_SCAN;
    shorten(slot, field);
}

static bool is_check(const struct catalogue_field *field)
{
    return strcmp(field->type, "check") == 0;
}

void intake_slots_item(struct form *form, struct catalogue *catalogue, const char *laboratory)
{
    struct slot *slot;

    (void)laboratory;
    memset(form, 0, sizeof *form);
    add_common(form, catalogue);
    // What is ticked at acceptance comes after what is told.
    for (int checks = 0; checks < 2; checks++)
        for (size_t i = 0; i < catalogue->field_count; i++)
            if (form->count < FORM_SLOTS - 3 && is_check(&catalogue->fields[i]) == (checks == 1))
                add_field(form, catalogue, &catalogue->fields[i]);
    form_add_choice(form, "further_product_ids", "另属类别", "Also class", catalogue->products,
                    catalogue->product_count, OPTION_NONE);
    form_add_choice(form, "decision_rule", "判定规则", "Rule", rules, (int)(sizeof rules / sizeof *rules), 0);
    form_add(form, SLOT_LIST, "tests", "检测项目", "Tests", 0)->traits = SLOT_REQUIRED;
    if ((slot = form_find(form, "stones")) != NULL)
        field_preset(&slot->field, "无 none");
    if ((slot = form_find(form, "photo")) != NULL)
        slot->field.most = 250;
    if ((slot = form_find(form, "declared_value_cny")) != NULL)
        slot->kind = SLOT_DECIMAL;
}

void intake_slots_agreement(struct form *form, const char *laboratory)
{
    static const struct option purposes[] = {{"consumer reference", "消费参考", "consumer reference"},
                                             {"dispute", "消费纠纷", "dispute"},
                                             {"complaint evidence", "投诉举证", "complaint evidence"}};
    static const struct option choices[] = {
        {"return", "退还", "return"}, {"retain", "留样", "retain"}, {"discard", "处置", "discard"}};
    static const struct option channels[] = {{"sms", "短信", "short message"},
                                             {"mail", "邮件", "mail"},
                                             {"counter", "到台领取", "at the counter"},
                                             {"post", "邮寄", "post"}};

    memset(form, 0, sizeof *form);
    form_add_choice(form, "purpose", "检测目的", "Purpose", purposes, 3, 0);
    // Food never goes back (intake_fields, return_choice).
    form_add_choice(form, "return_choice", "检后处置", "Afterwards", choices, 3,
                    strcmp(laboratory, "FOOD") == 0 ? 2 : 0);
    form_add(form, SLOT_DECIMAL, "fee_cny", "费用 元", "Fee CNY", 12);
    form_add(form, SLOT_TEXT, "waiver", "减免依据", "Waived by", 80);
    form_add(form, SLOT_TEXT, "fee_reason", "费用说明", "Fee because", 120);
    form_add_choice(form, "channel", "报告送达", "Sheet by", channels, 4, 0);
    form_add(form, SLOT_TEXT, "address", "送达地址", "Sent to", 200);
    form_add(form, SLOT_TEXT, "collector.name", "授权领取人", "Collected by", 60);
    form_add(form, SLOT_PHONE, "collector.phone", "领取人电话", "Their phone", 24);
    form_add(form, SLOT_TICK, "privacy", "已阅个人信息告知", "Privacy notice accepted", 0)->traits =
        SLOT_REQUIRED;
    form_add(form, SLOT_TICK, "agreement", "委托协议已签字", "Agreement signed", 0)->traits = SLOT_REQUIRED;
    form_add(form, SLOT_TICK, "destructive", "同意破坏性检测", "Destructive testing allowed", 0);
}
