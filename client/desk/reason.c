// SPDX-License-Identifier: Apache-2.0
// Refusals in Chinese: see reason.h.
#include "desk/reason.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *reason, *zh;
} reasons[] = {
    {"ALREADY_COLLECTED", "这份回执已登记领取。"},
    {"BOOKING_CODE_MISTYPED", "不是预约码：有一位读错，请再读一遍。"},
    {"BOOKING_NOT_ARRIVED", "这份预约还没有到场。"},
    {"DAY_CLOSED", "实验室这一天不开放。"},
    {"DESK_REQUIRED", "请登录到工位：回执按工位编号。"},
    {"FEE_DIFFERS", "费用与规则不符：留空由规则计算，或写明理由。"},
    {"LOGIN_FAILED", "用户名或密码不对，请核对后再试。"},
    {"LOGIN_THROTTLED", "尝试次数太多，请一分钟后再试。"},
    {"NO_PROXY_CODE", "没有有效的代领码：请委托人先索取。"},
    {"NOT_FOUND", "没有找到。"},
    {"NOT_REACHED", "连不上服务器。"},
    {"NO_ANSWER", "服务器没有答复。"},
    {"NO_H2", "服务器不使用加密的 HTTP/2。"},
    {"NOT_HOLDER", "样品在别人手里：请先由保管人移交给您。"},
    {"OTHER_LABORATORY", "这一场属于别的实验室。"},
    {"PERSON_CAP", "超过每人在一场内的名额。"},
    {"PHOTO_PRESENT", "这件样品已有照片，不能替换。"},
    {"PROXY_CODE_REQUIRED", "代领须出示委托人的一次性代领码。"},
    {"REQUEST_ID_REUSED", "前一次已经办成，改过的这一次没有办：请先查看。"},
    {"RETURN_NOT_AGREED", "协议约定这件样品不退还。"},
    {"ROLE_REQUIRED", "您的角色不允许这样做。"},
    {"SESSION_INVALID", "会话已结束，请重新登录。"},
    {"SHEET_ISSUED", "报告已签发，记录不再更改。"},
    {"SHEETS_NOT_READY", "这份回执的报告还没有全部出来。"},
    {"SLOT_FULL", "名额刚被占满，请按现场取号。"},
    {"SLOT_NEEDED", "这一天分场次，取号须属于其中一场。"},
    {"SLOT_OVER", "这一场已结束，请另选。"},
    {"TESTS_OPEN", "这件样品还有检测未完成。"},
    {"TICKET_UNKNOWN", "今天的队里没有这个号。"},
    {"TOUR_FULL", "参观名额已满。"},
    {"UNTRUSTED", "不信任服务器的证书。"},
    {"VERSION_STALE", "别人刚改过，请看过再定。"},
    {"WALK_IN_FULL", "今天没有这么多现场名额了，请改约别的日子。"},
};

const char *reason_zh(const char *reason)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].reason, reason) == 0)
            return reasons[i].zh;
    return NULL;
}
