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
        return "本件使用演示密钥和演示数据生成，不具有证明作用，不得作为凭证使用。";
    return "本次检测不在资质认定范围内，结果不具有对社会的证明作用，仅供委托方参考。";
}

const char *wording_class_en(const struct record *record)
{
    if (record_is_specimen(record))
        return "Made with a demonstration key and demonstration data; no probative effect, not to be used as "
               "evidence.";
    return "Outside any accredited scope: no probative effect towards society; for the client’s reference "
           "only.";
}

const char *wording_seal_zh(bool specimen)
{
    return specimen ? "本电子文件为原件，附有用演示密钥生成的、覆盖全文的数字签名，任何改动均可检出；打印件为"
                      "副本，不含数字签名和"
                      "印章图样。"
                    : "本电子文件为原件，附有本机构覆盖全文的数字签名，任何改动均可检出；打印件为副本，不含数"
                      "字签名和印章图样。";
}

const char *wording_seal_en(bool specimen)
{
    return specimen ? "This file is the original. A digital signature made with a demonstration key covers "
                      "the whole of it, so that any "
                      "change can be detected. A printout is a copy without signature or seal image."
                    : "This file is the original. The institute’s digital signature covers the whole of it, "
                      "so that any change can be "
                      "detected. A printout is a copy without signature or seal image.";
}

const char *wording_verify_zh(bool specimen)
{
    return specimen ? "验证：用可验证数字签名的 PDF 阅读器打开；演示密钥不受信任，显示“签名者未知”属正常。"
                    : "验证：用可验证数字签名的 PDF 阅读器打开，并核对签名者为本机构。";
}

const char *wording_verify_en(bool specimen)
{
    return specimen ? "To verify: open it in a PDF reader that checks signatures. A demonstration key is not "
                      "trusted, so an unknown "
                      "signer is to be expected."
                    : "To verify: open it in a PDF reader that checks signatures and see that the signer is "
                      "the institute.";
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
    } INKS[] = {{"pass", INK_PASS},
                {"fail", INK_ALERT},
                {"to_be_confirmed", INK_DOUBT},
                {"conditional_pass", INK_DOUBT},
                {"conditional_fail", INK_DOUBT},
                {"inconclusive", INK_DOUBT}};
    for (size_t i = 0; i < sizeof INKS / sizeof INKS[0]; i++)
        if (strcmp(INKS[i].verdict, verdict) == 0)
            return INKS[i].ink;
    return INK_LABEL;
}
