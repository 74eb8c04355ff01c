// SPDX-License-Identifier: Apache-2.0
// The sheet's own words, see wording.h.
#include "render/wording.h"

#include <string.h>

const char *wording_class_short(const struct record *record)
{
    return record_is_specimen(record) ? "样张，无效  Specimen, not valid"
                                      : "不具有证明作用  No probative effect";
}

const char *wording_class_zh(const struct record *record)
{
    if (record_is_specimen(record))
        return "本件由演示密钥或演示数据生成，不具有证明作用，不得作为凭证使用。";
    return "本次检测不在资质认定范围内，结果不具有对社会的证明作用，仅供委托方参考。";
}

const char *wording_class_en(const struct record *record)
{
    if (record_is_specimen(record))
        return "Made with a demonstration key or demonstration data: no probative effect, not to be used as "
               "evidence.";
    return "Outside any accredited scope: no probative effect towards society; for the client’s reference "
           "only.";
}

const char *wording_number(struct record *record)
{
    const char *number = record_text(record, "sheet_no"), *revision = record_text(record, "revision");
    if (strcmp(revision, "0") == 0)
        return record_printf(record, "No. %s", number);
    return record_printf(record, "No. %s / %s", number, revision);
}

enum ink wording_verdict_ink(const char *verdict)
{
    static const struct {
        const char *verdict;
        enum ink ink;
    } INKS[] = {{"pass", INK_PASS}, {"fail", INK_ALERT}, {"to_be_confirmed", INK_DOUBT}};
    for (size_t i = 0; i < sizeof INKS / sizeof INKS[0]; i++)
        if (strcmp(INKS[i].verdict, verdict) == 0)
            return INKS[i].ink;
    return INK_LABEL;
}
