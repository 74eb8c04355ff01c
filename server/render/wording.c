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

const char *wording_seal_zh(bool specimen)
{
    return specimen ? "本电子文件为原件，带有由演示密钥生成的电子印章，覆盖全文，任何改动均可查出；打印件为副"
                      "本，不带电子印章，"
                      "页面上亦不显示印章图样。"
                    : "本电子文件为原件，带有本机构的电子印章，覆盖全文，任何改动均可查出；打印件为副本，不带"
                      "电子印章，页面上亦"
                      "不显示印章图样。";
}

const char *wording_seal_en(bool specimen)
{
    return specimen ? "This file is the original. It bears an electronic seal made with a demonstration key "
                      "over the whole of it: any "
                      "change is found. A print is a copy without the seal; no picture of a seal is shown."
                    : "This file is the original. It bears the institute’s electronic seal over the whole of "
                      "it: any "
                      "change is found. A print is a copy without the seal; no picture of a seal is shown.";
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
