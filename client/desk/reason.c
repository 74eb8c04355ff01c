// SPDX-License-Identifier: Apache-2.0
// What refusals say: see reason.h. tests/lint/test_desk_reasons.py looks that every reason which a function
// of the desk can give has a row.
#include "desk/reason.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "wire/error.h"
#include "wire/picture.h"

static const struct {
    const char *reason, *zh;
    // NULL: the server's own words tell more.
    const char *en;
} reasons[] = {
    {"ALREADY_BOOKED", "这份收样已登记。", "This intake is booked already."},
    {"ALREADY_CLOSED", "这个事件已处理完毕。", "This incident is closed already."},
    {"ALREADY_COLLECTED", "这份回执已登记领取。", "This receipt is collected already."},
    {"ALREADY_REJECTED", "这件样品已拒收。", "This item was rejected before."},
    {"ALREADY_REMOVED", "这个收件人已撤销。", "This recipient was taken off before."},
    {"ALREADY_UNDONE", "这次合并已撤销。", "This merge was undone before."},
    {"ALREADY_VOID", "这份回执已作废。", "This receipt is void already."},
    {"APPEND_ONLY", "这条记录不能再改。", "This record never changes."},
    {"BOOKING_CODE_MISTYPED", "不是预约码：有一位读错，请再读一遍。",
     "This is no booking code: one sign was read wrongly. Read it again."},
    {"BOOKING_FIXED", "预约的场次、人和件数不改：请取消后另约。",
     "A booking keeps its session, person and places: cancel it and book anew."},
    {"BOOKING_NOT_ARRIVED", "这份预约还没有到场。", "This booking has not arrived yet."},
    {"CODES_ENOUGH", "本工位预留的样品码已够多。", "This desk holds enough unused codes."},
    {"CODE_FIXED", "样品码须先预留再使用。", "A code is reserved before anything has it."},
    {"CODE_USED", "这个样品码已用在别的回执上：请核对是否同一份收样。",
     "This item code is on another receipt already: look whether it is the same intake."},
    {"CODE_VOID", "这个样品码已作废：请另用一个并更换标签。",
     "This item code is void: take another, and replace the label."},
    {"CREW_TAKEN", "采样员或采样泵在这一场已有别的入户。",
     "One of the samplers or pumps is in another home during this session."},
    {"DAY_CLOSED", "这一天实验室不开放，或已日结（管理员可撤销日结）。",
     "The laboratory is closed on this day, or the day was closed (a manager can open it again)."},
    {"DAY_IS_BOOKED", "这一天已有预约：请先取消预约。",
     "Somebody is booked on this day: cancel the bookings first."},
    {"DAY_NOT_ACCOUNTED", "还有样品未交清：请入柜、请对方接收，或登记遗失事件。",
     "Items are unaccounted for: put them into a store, have them accepted, or report them lost."},
    {"DAY_NOT_CLOSED", "这一天没有日结。", "This day is not closed."},
    {"DELIVERY_DONE", "这份送达已办完。", "This delivery is done."},
    {"DESK_REQUIRED", "请登录到工位：回执按工位编号。", "Log in at a desk: receipts are numbered per desk."},
    {"FEE_DIFFERS", "费用与规则不符：留空由规则计算，或写明理由。",
     "The fee is not what the rules say: leave it empty, or say why."},
    {"FEE_UNDECIDED", "费用不是按规则算的：请写明其余样品的费用。",
     "The fee was not made by the rules: say what the other items cost."},
    {"HOLDER_UNPROVEN", "保管人只能按流转记录变更。",
     "An item changes its holder only as its book of custody says."},
    {"ILLEGAL_TRANSITION", "当前状态不允许这样做。", "Its state does not allow this."},
    {"INCIDENT_OPEN", "这件样品有未结事件。", "An incident of this item is open."},
    {"INTAKE_SET_ASIDE", "这份收样已被搁置，未登记。", "This intake was set aside and is not booked."},
    {"ITEM_LOST", "这件样品已报遗失：找到后须先由质量负责人结束事件。",
     "This item is reported lost: when it is found, a quality person closes the incident first."},
    {"KEPT_STILL", "还在保留期内，不能处置。", "It is kept still: its time is not over."},
    {"LEASE_FIXED", "名额租借不能更改。", "A lease does not change."},
    {"LEASE_RETURNED", "这批名额已归还。", "These places were given back already."},
    {"LOST_ITEM", "有样品遗失：日结须由既非其保管人、也非报失人的另一人办理。",
     "An item is lost: the day is closed by a person who neither holds it nor reported it."},
    {"LEASE_USED_UP", "租借的名额已用完。", "The places of this lease are used up."},
    {"LOGIN_FAILED", "用户名或密码不对，请核对后再试。", "The log-in or the password is wrong."},
    {"LOGIN_THROTTLED", "尝试次数太多，请一分钟后再试。", "Too many attempts: wait a minute."},
    {"MASS_DIFFERS", "质量不符：样品冻结，不能移交。",
     "The mass is not what it should be: the item is frozen, not handed over."},
    {"MAY_NOT_HOLD", "此人在本实验室没有职责，不能接收样品。",
     "This person has no part in the laboratory's work: nobody hands them an item."},
    {"NOTHING_CORRECTED", "与现有内容相同：请写出要更正的地方。",
     "This says what is there already: name what differs."},
    {"NOTHING_HERE", "这份回执的样品都已不在这里。", "No item of this receipt is here any more."},
    {"NOT_FAILED", "只有失败的送达才能重发。", "Only a failed delivery is tried again."},
    {"NOT_FOUND", "没有找到。", "Nothing was found."},
    {"NOT_HELD", "样品已冻结、已交还或已处置。", "This item is frozen, handed out or disposed of."},
    {"NOT_HOLDER", "样品在别人手里：请先由保管人移交给您。",
     "Another person holds this item: have it offered to you and accept it first."},
    {"NOT_OFFERED", "没有人移交这件样品：可能已撤回。",
     "Nobody offers this item: perhaps the offer was taken back."},
    {"NOT_REACHED", "连不上服务器。", NULL},
    {"NOT_RELEASED_YET", "预约名额还没有到放给现场的时候。",
     "Booked places go to walk-ins when their time has come."},
    {"NOT_STORED", "样品不在柜内。", "This item is in no store."},
    {"NOT_TODAY", "这份预约不是今天的。", "This booking is for another day."},
    {"NOT_YOURS", "样品是移交给别人的；撤销须由移交双方或管理员。",
     "It is offered to somebody else; giver, receiver or a manager cancels it."},
    {"NO_ANSWER", "服务器没有答复。", NULL},
    {"NO_COLLECTOR", "收样时没有指定授权领取人：请用一次性代领码。",
     "The owner named no collector at intake: somebody else needs the one-time code."},
    {"NO_H2", "服务器不使用加密的 HTTP/2。", NULL},
    {"NO_PHOTO", "这件样品还没有照片。", "There is no picture of this item yet."},
    {"NO_PROXY_CODE", "没有有效的代领码：请委托人先索取。",
     "No code of this receipt is valid: the owner asks for one (Tab on the receipt)."},
    {"NUMBER_GAP", "号码须连续，没有办成。", "A number series has no gaps: nothing was done."},
    {"NOT_NOW", "账上的时间只能是记账当时，请检查服务器时钟。",
     "An event stands in the books at the time when it is written there: look at the server's clock."},
    {"NO_DAMAGE_AGREED", "委托人没有同意破坏性检测：不能登记消耗或留样。少了请登记事件。",
     "The owner did not agree to damage: nothing is used up or kept. If something is missing, open an "
     "incident."},
    {"OFFERED", "样品正在移交：请对方接收，或先撤回。",
     "It is offered to a colleague: have it accepted, or take the offer back."},
    {"OTHER_LABORATORY", "这一场属于别的实验室。", "This session is of another laboratory."},
    {"PASSWORD_THROTTLED", "密码错误次数太多，请一分钟后再试。", "Too many wrong passwords: wait a minute."},
    {"PERSON_CAP", "超过每人在一场内的名额。", "This is more than one person may have in a session."},
    {"PERSON_KNOWN", "已有同名同号的人：请合并两条。",
     "Another entry has this name and phone: merge the two."},
    {"PHOTO_PRESENT", "这件样品已有照片，不能替换。", "This item has a picture already; it is not replaced."},
    {"PROXY_CODE_REQUIRED", "代领须出示委托人的一次性代领码。",
     "Somebody else than the owner collects with the one-time code that the owner is told."},
    {"QUOTA_COUNTED", "名额由系统计数。", "Quotas are counted, not typed."},
    {"RECIPIENT_KNOWN", "此人已按这种方式收报告。", "This person receives the sheets that way already."},
    {"REPRINT_REASON", "已打印过：请写明再打的原因。", "It was printed before: say why it is printed again."},
    {"REQUEST_ID_REUSED", "前一次已经办成，改过的这一次没有办：请先查看。",
     "The first one was done; this changed one was not: look first."},
    {"RETURN_NOT_AGREED", "协议约定这件样品不退还。", "The agreement says that this item is not returned."},
    {"ROLE_REQUIRED", "您的角色不允许这样做。", NULL},
    {"ROOMS_NEEDED", "入户须有 1 到 40 个房间。", "A visit has 1 to 40 rooms."},
    {"PORTION_IS_ALL", "这是样品的全部：留样须有剩余，整件保留请入柜。",
     "This is all of the item: a portion leaves something. What is kept whole stays the item, in its store."},
    {"RECEIPT_VOID", "这份回执已作废：样品本来就要退还，也不收费。",
     "The receipt of this item is void: it goes back to its owner already, and nobody pays."},
    {"SAME_PERSON", "须由另一人办理：登记人或保管人不能自己处理。",
     "Another person must do this: neither who opened it nor who holds the item."},
    {"SECOND_PERSON", "这份回执由您作废：样品须由另一人退还。请移交给同事（对方称重接收）。",
     "You made this receipt void: a colleague hands its items back. Offer the item to a colleague."},
    {"SESSION_INVALID", "会话已结束，请重新登录。", "The session has ended: log in again."},
    {"SHEETS_NOT_READY", "这份回执的报告还没有全部出来。", "Not every sheet of this receipt is ready yet."},
    {"SHEET_ISSUED", "报告已签发，记录不再更改。",
     "The sheet is issued: the record does not change any more."},
    {"SLOT_FIXED", "场次的实验室和时间不能改。", "A session keeps its laboratory and its time."},
    {"SLOT_FULL", "名额刚被占满，请按现场取号。", "The last place was just taken."},
    {"SLOT_NEEDED", "这一天分场次，取号须属于其中一场。",
     "This day has sessions: a number belongs to one of them."},
    {"SLOT_OVER", "这一场已结束，请另选。", "This session is over: choose another."},
    {"SLOT_OVERLAPS", "这个时间已有场次。", "There are sessions at this time already."},
    {"STILL_EXPECTED", "还可能到场，未过时限。", "They may still come."},
    {"STORED", "样品已在柜内。", "This item is in a store already."},
    {"STORE_NOT_EMPTY", "柜内还有样品：请先取出。", "Items are in this store: take them out first."},
    {"TESTS_BEGUN", "已有检测开始，不能作废。",
     "Something of this receipt was tested already: it cannot be void."},
    {"TESTS_OPEN", "这件样品还有检测未完成。",
     "Tests of this item are still open, or its sheet is not ready."},
    {"TICKET_FIXED", "号码、来源和场次不能改。", "A ticket keeps its number, kind and session."},
    {"TICKET_NOT_CALLED", "这个号还没有叫到。", "This number was not called yet."},
    {"TICKET_UNKNOWN", "今天的队里没有这个号。", "No such number is in today's queue."},
    {"TOUR_FULL", "参观名额已满。", "No tour seats are left."},
    {"UNTRUSTED", "不信任服务器的证书。", NULL},
    {"VERSION_STALE", "别人刚改过，请看过再定。", NULL},
    {"VISIT_FIXED", "入户属于它的预约，不能改。", "A visit is of its booking."},
    {"VISIT_NOT_PLANNED", "还没有安排入户：请先填地址和房间。",
     "No visit is planned: say address and rooms first."},
    {"WAIVER_DAY", "该减免活动不适用于当日或这些产品，请不用它收样。",
     "The campaign waives on other days, or other products: take the item in without it."},
    {"WAIVER_USED", "之后的日期已有回执用过该减免，不能提前结束。",
     "Receipts of later days were waived by this campaign: it cannot end before them."},
    {"WAIVER_QUOTA", "减免名额已用完。", "The campaign's quota is used up."},
    {"WALK_IN_FULL", "今天没有这么多现场名额了，请改约别的日子。",
     "So many walk-in places are not left today: book another day."},
    {"FEE_WRONG", "拒收的样品不收费，退还也不能超过已收。",
     "Nobody pays for a rejected item, and nobody gets more back than was charged."},
    {"MERGED_ALREADY", "其中一条已经合并过：请重新查找。",
     "One of the two was merged before: look for them again."},
    {"NEVER_DELETED", "这里什么都不删除：请更正或作废。",
     "Nothing is deleted here: correct it, or make it void."},
    {"REJECTED_GOES_BACK", "拒收的样品要退还委托人，不能处置。",
     "This item was rejected: it goes back to its owner."},
    {"RETEST_OPEN", "这件投诉的复测还没有复核。", "A retest of this complaint is not approved yet."},
    {"WITNESS_REQUIRED", "样品将全部或大部分用完：请选一位见证人，由其称重确认。",
     "Nothing or little would be left of this item: choose a colleague who sees it and accepts."},
    {"WEIGHED_SINCE", "收样之后已入柜、称过或移交：质量不能再由一人更正，请登记事件，以事件认定的质量为准。",
     "It was put away, weighed or handed over since: open an incident; the mass accepted there may be "
     "entered."},
    // Of the journal of this machine: client/journal says the English, with what it names.
    {"JOURNAL_ALTERED",
     "本机日志写好后被改动过：不再入账。保留此文件，导出前面的，再另起日志（touchstone journal retire）。",
     NULL},
    {"JOURNAL_BROKEN", "写日志时磁盘出错：请重开收样台。", NULL},
    {"JOURNAL_BUSY",
     "这份日志正由另一个程序使用。先关掉它；或另设配置：touchstone profile set 名称 --server 主机:端口，再用 "
     "--profile "
     "名称打开。",
     NULL},
    {"JOURNAL_CHANGED", "日志被别的程序改过：请重开收样台。", NULL},
    {"JOURNAL_CODE_USED", "这个样品码已在本机日志的另一份收样上：请换下一个。", NULL},
    {"JOURNAL_DAMAGED",
     "本机日志有损坏：不再写入。保留此文件，导出前面的，再另起日志（touchstone journal retire）。", NULL},
    {"JOURNAL_DISK_FULL", "磁盘已满，什么也没有存：请腾出空间再试。", NULL},
    {"JOURNAL_ENTRY", "日志里没有这一份，或读不出来。", NULL},
    {"JOURNAL_FORMAT", "这个文件不是日志，或开头已损坏：请保留它，移到别处。", NULL},
    {"JOURNAL_FULL", "日志已满：先入账，再另起日志（touchstone journal retire）。", NULL},
    {"JOURNAL_ID_USED", "日志里已有同号的另一份收样。", NULL},
    {"JOURNAL_KEY", "打开这份日志的钥匙不在本机：请联网登录一次再试。", NULL},
    {"JOURNAL_KEYS", "服务器给的钥匙不能用：请重新登录。", NULL},
    {"JOURNAL_KEYS_DAMAGED", "本机保存的钥匙已损坏：请联网重新登录。", NULL},
    {"JOURNAL_MEMORY", "内存不足 64 MiB，打不开日志的钥匙：请关掉别的程序。", NULL},
    {"JOURNAL_NEWER", "这份日志由更新的程序写成，一条也没有丢：请用新版程序打开。", NULL},
    {"JOURNAL_NONE", "没有这份日志。", NULL},
    {"JOURNAL_NOT_REFUSED", "只有服务器拒绝的才能改发：请先入账。", NULL},
    {"JOURNAL_NO_CODES", "预留的样品码不够：请联网预留。", NULL},
    {"JOURNAL_NO_KEYS", "此人没有在本台联网登录过：请联网登录一次。", NULL},
    {"JOURNAL_PASSWORD", "不是上次在本台登录的密码。", NULL},
    {"JOURNAL_READ_ONLY", "本账户不能写这个文件夹：请放开权限，或用 XDG_STATE_HOME 另指一个。", NULL},
    {"JOURNAL_SEAL", "加密程序库出错：请重开收样台。", NULL},
    {"JOURNAL_SETTLED", "这一份已办完。", NULL},
    {"JOURNAL_WRITE", "日志写不进磁盘：请检查磁盘，再重开收样台。", NULL},
    {"FILE", "文件不能写：请检查磁盘和权限。", NULL},
    {"NO_RANDOM", "系统不给随机数：请重开收样台。", NULL},
    {"OUT_OF_MEMORY", "内存不足：请关掉别的程序。", NULL},
    // At the bench.
    {"ALREADY_ASSIGNED", "这一项已经有人领取。", NULL},
    {"BATCH_HELD", "本批质控不合格，已冻结：待质量负责人放行。", NULL},
    {"CHECK_CONTRADICTED", "结果与平行样或加标的结论矛盾：请另建工作表重测。", NULL},
    {"DUPLICATE", "同一任务有多行：读取方式没有说它们是平行。", NULL},
    {"JUDGEMENT_STALE", "判定时目录或任务变了：再按 F8。", NULL},
    {"NOTHING_RUNNING", "这里没有您正在计时的工作。", NULL},
    {"NOTHING_TO_ENTER", "文件里没有能录入的值：看预览的原因。", NULL},
    {"NOTHING_TO_START", "这里没有您的待检任务：先领取。", NULL},
    {"NOT_A_NUMBER", "不是数。", NULL},
    {"NOT_COMPETENT", "没有这个方法的有效能力确认：请负责人登记。", NULL},
    {"NOT_FIT_ON_DAY", "录入那天不合规：能力、仪器校准或试剂批号已过期或没有写明。", NULL},
    {"NOT_QUALIFIED", "您没有这个方法的资格：请负责人授权。", NULL},
    {"NO_CONTROL_PLAN", "这个方法没有质控方案：请质量负责人制定。", NULL},
    {"NO_LIMIT", "写了未检出，但没有检出限。", NULL},
    {"NO_TEST", "样品没有这项检测。", NULL},
    {"NO_VALUE", "没有值。", NULL},
    {"OTHER_VALUE", "同一任务有别的值读不了，整项不录。", NULL},
    {"PHOTO_PENDING", "样品还没有照片：请接待先补。", NULL},
    {"PROFILE_STALE", "读取方式刚被改过：再预览一次。", NULL},
    {"READINGS_TOO_FEW", "测定次数少于方法要求。", NULL},
    {"READ_APART", "两人各自独立鉴定：用 touchstone test read。", NULL},
    {"ROUNDED_ALREADY", "已修约的数单独录入，不求平均也不带限定符。", NULL},
    {"TEST_NOT_OPEN", "这一项已提交或已结束。", NULL},
    {"TEST_NOT_YOURS", "这一项在别人手里。", NULL},
    {"TEST_ON_WORKSHEET", "这一项在另一张未录的工作表上。", NULL},
    {"TOO_MANY_READINGS", "读数太多。", NULL},
    {"UNKNOWN_ITEM", "不是本实验室的样品码。", NULL},
    {"UNKNOWN_PARAMETER", "读取方式里没有这个代号。", NULL},
    {"VALUES_LEFT_OUT", "有值录不进：勾选略去，或改好文件再来。", NULL},
    {"WORKSHEET_STALE", "工作表刚被改过：再看一次。", NULL},
};

// What a field's rule says, by the server's English.
static const struct {
    const char *en, *zh;
} rules[] = {
    {"is not of the owner's phone", "不是委托人的手机后四位"},
    {"is not of the collector's phone", "不是授权领取人的手机后四位"},
    {"must be more than 0 g", "须大于 0 g"},
    {"must be more than 0 g and no more than is there", "须大于 0 g，且不超过现有质量"},
    {"is required", "必填"},
    {"is required: weigh the item before you accept it", "必填：接收前请称重"},
    {"is required: the mass that counts from now on", "必填：今后以此质量为准"},
    {"must be another person than the giver and the holder", "须是移交人和保管人以外的人"},
    {"must be another person of the laboratory", "须是本实验室的另一人"},
    {"is nobody of the staff: give a log-in", "没有这位同事"},
    {"is not a store of the item's laboratory that is in use (custody stores)", "不是本实验室在用的柜"},
    {"must be empty where the collector of the receipt fetches it", "授权领取人领取时请留空"},
    {"has not come yet", "这一天还没有到"},
    {"lies in the past: a portion is kept until today at least", "已过去：留样至少保留到今天"},
    {"must be a decimal number of at most 40 digits", "应为数字，最多 40 位"},
    {"must be a telephone number of at least 5 digits", "应为电话号码，至少 5 位"},
    {"is required for a new person", "新委托人必填"},
    {"must not be negative", "不能为负"},
    {"must be a whole JPEG or PNG picture of at most 2 MiB, 12000 pixels a side and 64 million in all: take "
     "it "
     "anew, or save it smaller",
     "应为完整的 JPEG 或 PNG 照片，不超过 2 MiB，每边最多 12000 像素、共 6400 万：请重拍或缩小后再存"},
};

const char *reason_say(const char *reason, bool is_chinese)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].reason, reason) == 0)
            return is_chinese ? reasons[i].zh : reasons[i].en;
    return NULL;
}

const char *reason_rule(const char *description, bool is_chinese)
{
    for (size_t i = 0; is_chinese && i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].en, description) == 0)
            return rules[i].zh;
    for (int fault = PICTURE_IS_NONE; is_chinese && fault <= PICTURE_IS_FOREIGN; fault++)
        if (strcmp(picture_fault_text(fault, false), description) == 0)
            return picture_fault_text(fault, true);
    return description;
}

// The names that refusals give things by.
static const char *name_zh(const char *name, size_t length)
{
    static const struct {
        const char *en, *zh;
    } names[] = {{"holder", "保管人"}, {"receiver", "接收人"},  {"keep_until", "保留至"},
                 {"path", "文件"},     {"why", "原因"},         {"program", "程序"},
                 {"process", "进程"},  {"offered_by", "提出人"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].en) == length && strncmp(names[i].en, name, length) == 0)
            return names[i].zh;
    return NULL;
}

// Why an item is unaccounted for: how the refusal begins what it says of the item.
static const struct {
    const char *word, *zh, *en;
} whys[] = {{"frozen_without_incident", "冻结而无事件", "frozen without an incident"},
            {"offered", "移交未接收", "offered, not accepted,"},
            {"holder_off", "不在岗的保管人", "holder not at work"},
            {"in_hand", "未入柜", "in no store,"}};

static void add(char *text, size_t size, const char *part, size_t length)
{
    size_t used = strlen(text);

    if (used + length + 1 > size)
        return;
    memcpy(text + used, part, length);
    text[used + length] = '\0';
}

static void add_value(char *text, size_t size, const char *value, size_t length, bool is_chinese)
{
    for (size_t i = 0; i < sizeof whys / sizeof *whys; i++) {
        size_t word = strlen(whys[i].word);
        const char *said = is_chinese ? whys[i].zh : whys[i].en;

        if (word > length || strncmp(whys[i].word, value, word) != 0 || (word < length && value[word] != ' '))
            continue;
        add(text, size, said, strlen(said));
        value += word;
        length -= word;
        break;
    }
    add(text, size, value, length);
}

// The text between the next two quotation marks; NULL at the end. What is escaped is no name or log-in.
static const char *next_text(const char *at, size_t *ret_length)
{
    const char *begin = strchr(at, '"'), *end = begin != NULL ? strchr(begin + 1, '"') : NULL;

    if (end == NULL)
        return NULL;
    *ret_length = (size_t)(end - begin - 1);
    return begin + 1;
}

void reason_details(const char *metadata, bool is_chinese, char *ret_text, size_t size)
{
    const char *name, *value, *known;
    size_t name_length, value_length;

    ret_text[0] = '\0';
    while ((name = next_text(metadata, &name_length)) != NULL &&
           (value = next_text(name + name_length + 1, &value_length)) != NULL) {
        known = is_chinese ? name_zh(name, name_length) : NULL;
        add(ret_text, size, ret_text[0] != '\0' ? ", " : " (", 2);
        add(ret_text, size, known != NULL ? known : name, known != NULL ? strlen(known) : name_length);
        add(ret_text, size, " ", 1);
        add_value(ret_text, size, value, value_length, is_chinese);
        metadata = value + value_length + 1;
    }
    if (ret_text[0] != '\0')
        add(ret_text, size, ")", 1);
}

void reason_tell(const struct ts_error *error, bool is_chinese, char *ret_text, size_t size)
{
    const char *zh = is_chinese ? reason_say(error->reason, true) : NULL;
    char details[300];

    reason_details(error->metadata, is_chinese, details, sizeof details);
    if (zh != NULL)
        snprintf(ret_text, size, "%s%s", zh, details);
    else
        snprintf(ret_text, size, "%s", error->detail);
}
