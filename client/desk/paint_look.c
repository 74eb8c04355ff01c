// SPDX-License-Identifier: Apache-2.0
// Painting: a receipt, an item, the list of items, the deliveries.
#include <stdio.h>
#include <string.h>

#include "desk/paint.h"
#include "desk/painter.h"
#include "text/safe.h"
#include "touchstone/v1/desk.pb-c.h"

struct word {
    const char *zh, *en;
};

static const struct word item_states[] = {{"", ""},
                                          {"检测中", "in testing"},
                                          {"待签发", "to sign"},
                                          {"已出报告", "issued"},
                                          {"已拒收!", "REJECTED"}};
static const struct word custody_states[] = {{"全部", "all"},
                                             {"保管中", "held"},
                                             {"已交还", "handed out"},
                                             {"冻结!", "FROZEN"},
                                             {"已处置", "disposed"}};
static const struct word delivery_states[] = {
    {"全部", "all"},       {"待发", "waiting"},   {"已发", "sent"},       {"失败!", "FAILED"},
    {"已领", "collected"}, {"已打印", "printed"}, {"已过时", "overtaken"}};
static const struct word delivery_kinds[] = {
    {"", ""}, {"报告", "sheet"}, {"更正", "amended"}, {"撤销", "withdrawn"}};
static const struct word channels[] = {
    {"", ""}, {"短信", "sms"}, {"邮件", "mail"}, {"到台", "counter"}, {"邮寄", "post"}};
static const struct word choices[] = {{"", ""}, {"退还", "return"}, {"留样", "retain"}, {"处置", "discard"}};
static const struct word test_states[] = {{"", ""},
                                          {"未分配", "unassigned"},
                                          {"已分配", "assigned"},
                                          {"检测中", "in progress"},
                                          {"待复核", "submitted"},
                                          {"已复核", "approved"},
                                          {"已签发", "released"},
                                          {"已取消", "cancelled"},
                                          {"已重测", "superseded"}};

#define WORD(desk, words, at) word(desk, words, sizeof(words) / sizeof *(words), (size_t)(at))

static const char *word(const struct desk *desk, const struct word *words, size_t count, size_t at)
{
    return at < count ? desk_say(desk, words[at].zh, words[at].en) : "?";
}

static const char *phone_of(const Touchstone__V1__MaskedPerson *person, char *text, size_t size)
{
    snprintf(text, size, "%s  %s", person != NULL ? person->name_masked : "",
             person != NULL ? person->phone_masked : "");
    return person != NULL ? text : "";
}

// Those that the desk offers are words; any other stands as it was written.
static const char *purpose_word(const struct desk *desk, const char *purpose)
{
    static const struct option words[] = {{"consumer reference", "消费参考", "consumer reference"},
                                          {"dispute", "消费纠纷", "dispute"},
                                          {"complaint evidence", "投诉举证", "complaint evidence"}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].value, purpose) == 0)
            return painter_option(desk, &words[i]);
    return purpose;
}

static int paint_revealed(const struct desk *desk, struct page *page, struct area area)
{
    const Touchstone__V1__RevealPersonResponse *shown =
        (Touchstone__V1__RevealPersonResponse *)desk->revealed.message;
    char text[200];

    if (shown == NULL)
        return area.row;
    snprintf(text, sizeof text, "%s  %s", shown->name, shown->phone);
    return painter_pair(desk, page, area, "完整信息", "In full", text);
}

// What the other columns of a list of items take.
enum { ITEM_OTHERS = 65 };

static void paint_item_rows(const struct desk *desk, struct page *page, struct area area,
                            Touchstone__V1__Item *const *items, size_t count)
{
    static const struct painter_column columns[] = {
        {"样品码", "Item", 9}, {"名称", "Name", 0},   {"标称", "Claimed as", 14}, {"质量 g", "Mass g", 8},
        {"照片", "Photo", 5},  {"状态", "State", 10}, {"保管", "Custody", 10}};
    bool is_wide = area.columns >= PAINT_WIDE;
    size_t room, top;
    struct area heading = area;

    // On a narrow screen the name of the row with the cursor stands in full on the last line.
    if (!is_wide && desk->chosen < count && area.rows > 3) {
        area.rows--;
        if ((int)safe_width(items[desk->chosen]->name) > area.columns - ITEM_OTHERS)
            page_text(page, area.row + area.rows, area.column + 2, area.columns - 3, PAGE_DIM,
                      items[desk->chosen]->name);
    }
    room = area.rows > 2 ? (size_t)area.rows - 1 : 1;
    top = desk->chosen >= room ? desk->chosen - room + 1 : 0;
    painter_row(desk, page, area, columns, 7, NULL, false);
    for (size_t i = top; i < count && i - top < room; i++) {
        const Touchstone__V1__Item *item = items[i];
        const char *texts[] = {item->item_code,
                               item->name,
                               item->claimed_product_id,
                               item->mass_g,
                               item->photo_pending ? desk_say(desk, "待补!", "none!")
                                                   : desk_say(desk, "有", "yes"),
                               WORD(desk, item_states, item->state),
                               WORD(desk, custody_states, item->custody_state)};

        area.row++;
        painter_row(desk, page, area, columns, 7, texts, i == desk->chosen);
    }
    painter_more(page, heading, (int)room, top, count);
}

void paint_receipt(const struct desk *desk, struct page *page, struct area area)
{
    const Touchstone__V1__Receipt *receipt = desk_receipt(desk);
    char owner[200], bringer[200];
    int first = area.row;

    if (receipt == NULL)
        return;
    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s %s    %s %s",
                desk_say(desk, "回执", "Receipt"), receipt->receipt_no,
                desk_say(desk, "查询码", "tracking code"), receipt->receipt_code);
    area.row++;
    area.row =
        painter_pair(desk, page, area, "收样", "Received", painter_time(desk, receipt->received_at).text);
    area.row =
        painter_pair(desk, page, area, "委托人", "Owner", phone_of(receipt->owner, owner, sizeof owner));
    area.row = paint_revealed(desk, page, area);
    if (receipt->bringer != NULL && receipt->owner != NULL &&
        strcmp(receipt->bringer->person_id, receipt->owner->person_id) != 0)
        area.row = painter_pair(desk, page, area, "代送人", "Brought by",
                                phone_of(receipt->bringer, bringer, sizeof bringer));
    if (receipt->collector != NULL)
        area.row = painter_pair(desk, page, area, "授权领取人", "Collector",
                                phone_of(receipt->collector, bringer, sizeof bringer));
    snprintf(owner, sizeof owner, "! %s %s  %s", painter_time(desk, receipt->voided_at).text,
             receipt->voided_by, receipt->void_reason);
    area.row = painter_words(desk, page, (struct area){area.row, area.column, 2, area.columns}, "已作废",
                             "VOID", receipt->voided_at != NULL ? owner : "");
    area.row = painter_pair(desk, page, area, "检测目的", "Purpose", purpose_word(desk, receipt->purpose));
    area.row =
        painter_pair(desk, page, area, "检后处置", "Afterwards", WORD(desk, choices, receipt->return_choice));
    area.row = painter_pair(desk, page, area, "费用 元", "Fee CNY", receipt->fee_cny);
    area.row = painter_pair(desk, page, area, "减免依据", "Waived by", receipt->waiver);
    area.row =
        painter_pair(desk, page, area, "已领取", "Collected", painter_time(desk, receipt->collected_at).text);
    area.row++;
    area.rows -= area.row - first;
    paint_item_rows(desk, page, area, receipt->items, receipt->n_items);
}

// Facts that a report reads by names of its own.
static const struct option fact_names[] = {{"mfr", "生产者", "Producer"},
                                           {"batch", "批号", "Batch"},
                                           {"sampling_place", "采样地点", "Address"},
                                           {"closing", "门窗关闭 h", "Closed h"}};

static bool is_check(const struct desk *desk, const char *key)
{
    for (size_t i = 0; i < desk->catalogue->field_count; i++)
        if (strcmp(desk->catalogue->fields[i].key, key) == 0)
            return strcmp(desk->catalogue->fields[i].type, "check") == 0;
    return false;
}

// What was ticked at acceptance, in one row.
static int paint_checks(const struct desk *desk, struct page *page, struct area area,
                        const Touchstone__V1__Item *item)
{
    char text[600] = "";
    size_t length = 0;

    for (size_t i = 0; i < item->n_facts; i++) {
        const char *zh = item->facts[i]->field, *en = zh;

        if (!is_check(desk, zh) || length >= sizeof text)
            continue;
        catalogue_name(desk->catalogue, item->facts[i]->field, &zh, &en);
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
                                   length > 0 ? (desk->chinese ? "、" : ", ") : "", desk_say(desk, zh, en));
    }
    area.rows = 2;
    return painter_words(desk, page, area, "验收", "Accepted", text);
}

// In two columns, so that a long list leaves room for the tests.
static int paint_facts(struct page *page, struct area area, const Touchstone__V1__Item *item,
                       const struct desk *desk)
{
    struct area half = {area.row, area.column, 0, area.columns / 2 - 1};
    size_t shown = 0;

    for (size_t i = 0; i < item->n_facts; i++) {
        const char *zh = item->facts[i]->field, *en = zh;

        if (is_check(desk, zh))
            continue;
        catalogue_name(desk->catalogue, item->facts[i]->field, &zh, &en);
        for (size_t j = 0; j < sizeof fact_names / sizeof *fact_names; j++)
            if (strcmp(fact_names[j].value, item->facts[i]->field) == 0) {
                zh = fact_names[j].zh;
                en = fact_names[j].en;
            }
        half.row = area.row + (int)(shown / 2);
        half.column = area.column + (shown % 2 == 1 ? area.columns / 2 : 0);
        painter_pair(desk, page, half, zh, en, item->facts[i]->value);
        shown++;
    }
    area.row += (int)(shown + 1) / 2;
    return paint_checks(desk, page, area, item);
}

// The code and what the catalogue calls it.
static const char *product_name(const struct desk *desk, const char *product_id, char *text, size_t size)
{
    const struct catalogue *catalogue = desk->catalogue;
    const char *name = "";

    for (int i = 0; i < catalogue->product_count; i++)
        if (strcmp(catalogue->products[i].value, product_id) == 0)
            name = painter_option(desk, &catalogue->products[i]);
    snprintf(text, size, "%s %s", product_id, name);
    return text;
}

static int paint_left(const struct desk *desk, struct page *page, struct area area,
                      const Touchstone__V1__Item *item)
{
    char pieces[16];

    snprintf(pieces, sizeof pieces, "%d", item->pieces);
    area.row = painter_pair(desk, page, area, "标称", "Claim", item->claim_text);
    area.row = painter_pair(desk, page, area, "印记", "Hallmark", item->hallmark);
    area.row = painter_pair(desk, page, area, "质量 g", "Mass g", item->mass_g);
    area.row = painter_pair(desk, page, area, "件数", "Pieces", pieces);
    return painter_pair(desk, page, area, "声明价值 元", "Declared CNY", item->declared_value_cny);
}

static int paint_right(const struct desk *desk, struct page *page, struct area area,
                       const Touchstone__V1__Item *item)
{
    area.row = painter_pair(desk, page, area, "回执", "Receipt", item->receipt_no);
    area.row = painter_pair(desk, page, area, "收样", "Received", painter_time(desk, item->received_at).text);
    area.row = painter_pair(desk, page, area, "进度", "State", WORD(desk, item_states, item->state));
    area.row =
        painter_pair(desk, page, area, "保管", "Custody", WORD(desk, custody_states, item->custody_state));
    area.row = painter_pair(desk, page, area, "保管人", "Holder", item->holder);
    area.row = painter_pair(desk, page, area, "存放", "Store", item->storage);
    area.row = painter_pair(desk, page, area, "封样编号", "Seal", item->seal_no);
    area.row = painter_pair(desk, page, area, "照片", "Picture",
                            item->photo_pending ? desk_say(desk, "待补！检测等它", "none yet! testing waits")
                                                : desk_say(desk, "有", "yes"));
    area.row = painter_pair(desk, page, area, "交还称重 g", "Mass out g", item->mass_out_g);
    return painter_pair(desk, page, area, "报告", "Sheet", item->sheet_no);
}

static int paint_rejection(const struct desk *desk, struct page *page, struct area area,
                           const Touchstone__V1__Rejection *rejection)
{
    char why[600];

    if (rejection == NULL)
        return area.row;
    snprintf(why, sizeof why, "%s %s (%s)", desk_say(desk, rejection->reason_zh, rejection->reason_en),
             rejection->words, rejection->rejected_by);
    area.rows = 3;
    return painter_words(desk, page, area, "拒收", "Rejected", why);
}

// "AU X-ray fluorescence": what the catalogue calls the method of a test.
static const char *method_name(const struct desk *desk, const Touchstone__V1__Test *test, char *text,
                               size_t size)
{
    int at;

    snprintf(text, size, "%s:%s", test->method_id, test->parameter_id);
    at = catalogue_test(desk->catalogue, text, strlen(text));
    snprintf(text, size, "%s %s", test->method_id,
             at != OPTION_NONE ? painter_option(desk, &desk->catalogue->tests[at]) : "");
    return text;
}

static void paint_item_tests(const struct desk *desk, struct page *page, struct area area,
                             const Touchstone__V1__Item *item)
{
    static const struct painter_column columns[] = {
        {"参数", "Parameter", 12}, {"方法", "Method", 0}, {"判定规则", "Rule", 14}, {"状态", "State", 12}};
    size_t room = area.rows > 2 ? (size_t)area.rows - 1 : 1;

    if (area.rows < 2)
        return;
    painter_row(desk, page, area, columns, 4, NULL, false);
    // The last line says how many there is no room for.
    if (item->n_tests > room)
        page_format(page, area.row + area.rows - 1, area.column + 2, area.columns - 3, PAGE_DIM,
                    desk->chinese ? "还有 %zu 项检测" : "%zu more tests", item->n_tests - (room - 1));
    room -= item->n_tests > room;
    for (size_t i = 0; i < item->n_tests && i < room; i++) {
        const Touchstone__V1__Test *test = item->tests[i];
        char method[200];
        const char *texts[] = {test->parameter_id, method_name(desk, test, method, sizeof method),
                               test->decision_rule, WORD(desk, test_states, test->state)};
        struct area row = {area.row + 1 + (int)i, area.column, 1, area.columns};

        painter_row(desk, page, row, columns, 4, texts, false);
    }
}

void paint_item(const struct desk *desk, struct page *page, struct area area)
{
    const Touchstone__V1__Item *item = desk_item(desk);
    int half = area.columns / 2, left, right, last = area.row + area.rows;
    char product[300];

    if (item == NULL)
        return;
    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s %s  %s",
                desk_say(desk, "样品", "Item"), item->item_code, item->name);
    // Its name may be long: across the whole line.
    area.row =
        painter_pair(desk, page, (struct area){area.row + 1, area.column, 1, area.columns}, "标称产品",
                     "Claimed as", product_name(desk, item->claimed_product_id, product, sizeof product)) -
        1;
    left = paint_left(desk, page, (struct area){area.row + 1, area.column, 0, half - 1}, item);
    right = paint_right(desk, page, (struct area){area.row + 1, area.column + half, 0, area.columns - half},
                        item);
    left = left > right ? left : right;
    // What is written in words takes the whole line.
    left = painter_words(desk, page, (struct area){left, area.column, 2, area.columns}, "样品状态",
                         "Condition", item->condition);
    left = painter_words(desk, page, (struct area){left, area.column, 2, area.columns}, "镶石", "Stones",
                         item->stones);
    left = paint_rejection(desk, page, (struct area){left, area.column, 0, area.columns}, item->rejection);
    left = paint_facts(page, (struct area){left, area.column, 0, area.columns}, item, desk) + 1;
    paint_item_tests(desk, page, (struct area){left, area.column, last - left, area.columns}, item);
}

void paint_items(const struct desk *desk, struct page *page, struct area area)
{
    const Touchstone__V1__ListItemsResponse *list = (Touchstone__V1__ListItemsResponse *)desk->items.message;
    int half = area.columns / 2;

    page_text(page, area.row, area.column + 1, 8, PAGE_LABEL, desk_say(desk, "筛选", "Search"));
    painter_field(page, area.row, area.column + 10, half - 12, &desk->items_query,
                  desk->dialog == DIALOG_NONE, false);
    page_format(page, area.row, area.column + half, area.columns - half, PAGE_PLAIN, "%s: %s",
                desk_say(desk, "F5 保管", "F5 custody"), WORD(desk, custody_states, desk->items_custody));
    page_text(page, area.row + 1, area.column + 10, area.columns - 11, PAGE_DIM,
              desk_say(desk, "样品码、回执号或其开头、手机后四位；回车查询",
                       "code, receipt or its beginning, last four of a phone; Enter finds"));
    if (list == NULL)
        return;
    if (list->n_items == 0)
        page_text(page, area.row + 3, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "没有样品", "no items"));
    else
        paint_item_rows(desk, page, (struct area){area.row + 3, area.column, area.rows - 4, area.columns},
                        list->items, list->n_items);
    if (list->next_page_token[0] != '\0')
        page_text(page, area.row + area.rows - 1, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "还有：PgDn 下一页，PgUp 回到首页",
                           "more: PgDn; PgUp goes back to the first page"));
}

void paint_deliveries(const struct desk *desk, struct page *page, struct area area)
{
    static const struct painter_column columns[] = {
        {"报告", "Sheet", 18}, {"内容", "What", 9},  {"状态", "State", 10}, {"方式", "By", 8},
        {"收件人", "To", 10},  {"时间", "When", 16}, {"错误", "Error", 0}};
    // On a narrow screen the error of the row with the cursor stands in full below the list.
    enum { ERROR_ROWS = 2 };
    bool is_wide = area.columns >= PAINT_WIDE;
    size_t shown = is_wide ? 7 : 6;
    const Touchstone__V1__ListDeliveriesResponse *list =
        (Touchstone__V1__ListDeliveriesResponse *)desk->deliveries.message;
    int last = area.row + area.rows;
    size_t room, top;
    struct area heading;

    area.rows -= is_wide ? 0 : ERROR_ROWS;
    room = area.rows > 4 ? (size_t)area.rows - 3 : 1;
    top = desk->chosen >= room ? desk->chosen - room + 1 : 0;

    page_format(page, area.row, area.column + 1, area.columns - 2, PAGE_PLAIN, "%s: %s   %s",
                desk_say(desk, "F5 状态", "F5 state"), WORD(desk, delivery_states, desk->deliveries_state),
                desk->deliveries_sheet);
    area.row += 2;
    heading = area;
    painter_row(desk, page, area, columns, shown, NULL, false);
    for (size_t i = top; list != NULL && i < list->n_deliveries && i - top < room; i++) {
        const Touchstone__V1__Delivery *delivery = list->deliveries[i];
        struct painter_time when = painter_time(desk, delivery->changed_at);
        const Touchstone__V1__Recipient *to = delivery->recipient;
        const char *texts[] = {delivery->sheet_no,
                               WORD(desk, delivery_kinds, delivery->kind),
                               WORD(desk, delivery_states, delivery->state),
                               to != NULL ? WORD(desk, channels, to->channel) : "",
                               to != NULL ? to->name_masked : "",
                               when.text,
                               delivery->error};

        area.row++;
        painter_row(desk, page, area, columns, shown, texts, i == desk->chosen);
    }
    if (!is_wide && list != NULL && desk->chosen < list->n_deliveries)
        page_wrap(page, last - ERROR_ROWS, area.column + 2, area.columns - 3, ERROR_ROWS, PAGE_BAD,
                  list->deliveries[desk->chosen]->error);
    if (list != NULL)
        painter_more(page, heading, (int)room, top, list->n_deliveries);
    if (list != NULL && list->n_deliveries == 0)
        page_text(page, area.row + 1, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "没有", "none"));
}
