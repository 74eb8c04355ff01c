// SPDX-License-Identifier: Apache-2.0
// Refusals in Chinese: see reason.h.
#include "desk/reason.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *reason, *zh;
} reasons[] = {
    {"ALREADY_ASSIGNED", "这一项已经有人领取。"},
    {"ALREADY_COLLECTED", "这份回执已登记领取。"},
    {"BATCH_HELD", "本批质控不合格，已冻结：待质量负责人放行。"},
    {"BOOKING_CODE_MISTYPED", "不是预约码：有一位读错，请再读一遍。"},
    {"BOOKING_NOT_ARRIVED", "这份预约还没有到场。"},
    {"CHECK_CONTRADICTED", "结果与平行样或加标的结论矛盾：请另建工作表重测。"},
    {"DAY_CLOSED", "实验室这一天不开放。"},
    {"DESK_REQUIRED", "请登录到工位：回执按工位编号。"},
    {"DUPLICATE", "同一任务有多行：读取方式没有说它们是平行。"},
    {"FEE_DIFFERS", "费用与规则不符：留空由规则计算，或写明理由。"},
    {"INCIDENT_OPEN", "样品有未结的事件。"},
    {"JUDGEMENT_STALE", "判定时目录或任务变了：再按 F8。"},
    {"LOGIN_FAILED", "用户名或密码不对，请核对后再试。"},
    {"LOGIN_THROTTLED", "尝试次数太多，请一分钟后再试。"},
    {"NOTHING_RUNNING", "这里没有您正在计时的工作。"},
    {"NOTHING_TO_ENTER", "文件里没有能录入的值：看预览的原因。"},
    {"NOTHING_TO_START", "这里没有您的待检任务：先领取。"},
    {"NOT_A_NUMBER", "不是数。"},
    {"NOT_COMPETENT", "没有这个方法的有效能力确认：请负责人登记。"},
    {"NOT_FIT_ON_DAY", "录入那天不合规：能力、仪器校准或试剂批号已过期或没有写明。"},
    {"NOT_FOUND", "没有找到。"},
    {"NOT_HOLDER", "样品在别人手里：请先由保管人移交给您。"},
    {"NOT_QUALIFIED", "您没有这个方法的资格：请负责人授权。"},
    {"NOT_REACHED", "连不上服务器。"},
    {"NO_ANSWER", "服务器没有答复。"},
    {"NO_CONTROL_PLAN", "这个方法没有质控方案：请质量负责人制定。"},
    {"NO_H2", "服务器不使用加密的 HTTP/2。"},
    {"NO_LIMIT", "写了未检出，但没有检出限。"},
    {"NO_PROXY_CODE", "没有有效的代领码：请委托人先索取。"},
    {"NO_TEST", "样品没有这项检测。"},
    {"NO_VALUE", "没有值。"},
    {"OTHER_LABORATORY", "这一场属于别的实验室。"},
    {"OTHER_VALUE", "同一任务有别的值读不了，整项不录。"},
    {"PERSON_CAP", "超过每人在一场内的名额。"},
    {"PHOTO_PENDING", "样品还没有照片：请接待先补。"},
    {"PHOTO_PRESENT", "这件样品已有照片，不能替换。"},
    {"PROFILE_STALE", "读取方式刚被改过：再预览一次。"},
    {"PROXY_CODE_REQUIRED", "代领须出示委托人的一次性代领码。"},
    {"READINGS_TOO_FEW", "测定次数少于方法要求。"},
    {"READ_APART", "两人各自独立鉴定：用 touchstone test read。"},
    {"REQUEST_ID_REUSED", "前一次已经办成，改过的这一次没有办：请先查看。"},
    {"RETURN_NOT_AGREED", "协议约定这件样品不退还。"},
    {"ROLE_REQUIRED", "您的角色不允许这样做。"},
    {"ROUNDED_ALREADY", "已修约的数单独录入，不求平均也不带限定符。"},
    {"SAME_PERSON", "复核过这件样品的人不能再录入它。"},
    {"SESSION_INVALID", "会话已结束，请重新登录。"},
    {"SHEETS_NOT_READY", "这份回执的报告还没有全部出来。"},
    {"SHEET_ISSUED", "报告已签发，记录不再更改。"},
    {"SLOT_FULL", "名额刚被占满，请按现场取号。"},
    {"SLOT_NEEDED", "这一天分场次，取号须属于其中一场。"},
    {"SLOT_OVER", "这一场已结束，请另选。"},
    {"TESTS_OPEN", "这件样品还有检测未完成。"},
    {"TEST_NOT_OPEN", "这一项已提交或已结束。"},
    {"TEST_NOT_YOURS", "这一项在别人手里。"},
    {"TEST_ON_WORKSHEET", "这一项在另一张未录的工作表上。"},
    {"TICKET_UNKNOWN", "今天的队里没有这个号。"},
    {"TOO_MANY_READINGS", "读数太多。"},
    {"TOUR_FULL", "参观名额已满。"},
    {"UNKNOWN_ITEM", "不是本实验室的样品码。"},
    {"UNKNOWN_PARAMETER", "读取方式里没有这个代号。"},
    {"UNTRUSTED", "不信任服务器的证书。"},
    {"VALUES_LEFT_OUT", "有值录不进：勾选略去，或改好文件再来。"},
    {"VERSION_STALE", "别人刚改过，请看过再定。"},
    {"WALK_IN_FULL", "今天没有这么多现场名额了，请改约别的日子。"},
    {"WORKSHEET_STALE", "工作表刚被改过：再看一次。"},
};

const char *reason_zh(const char *reason)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].reason, reason) == 0)
            return reasons[i].zh;
    return NULL;
}
