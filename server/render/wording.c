// SPDX-License-Identifier: Apache-2.0
// The sheet's own words, see wording.h.
#include "render/wording.h"

#include <string.h>

struct class_words {
    const char *name, *brief, *head, *zh, *en;
    enum ink ink;
};

// By legal_class of the record; a specimen is one whatever else it says.
static const struct class_words CLASSES[] = {
    {"demonstration", "样张，无效  Specimen, not valid", "样张，无效  Specimen, not valid",
     "本件使用演示密钥和演示数据生成，不具有证明作用，不得作为凭证使用。",
     "Made with a demonstration key and demonstration data; no probative effect, not to be used as evidence.",
     INK_ALERT},
    {"none", "不具有证明作用  No probative effect", "不具有证明作用  No probative effect",
     "本次检测不在资质认定范围内，结果不具有对社会的证明作用，仅供委托方参考。",
     "Outside any accredited scope: no probative effect towards society; for the client’s reference only.",
     INK_ALERT},
    {"cma", "资质认定（CMA）范围内  Within the CMA scope", "CMA 范围内  In CMA scope",
     "全部检测项目在本机构资质认定（CMA）范围内。",
     "All tested items are within the laboratory’s scope of CMA (inspection body and laboratory mandatory "
     "approval).",
     INK_ACCENT},
    {"cnas", "认可（CNAS）范围内  Within the CNAS scope", "CNAS 范围内  In CNAS scope",
     "全部检测项目在本机构认可（CNAS）范围内，不在资质认定（CMA）范围内，不具有对社会的证明作用。",
     "All tested items are within the CNAS accreditation, none within the CMA scope: no probative effect "
     "towards society.",
     INK_ACCENT},
    {"both", "资质认定（CMA）和认可（CNAS）范围内  Within the CMA and CNAS scopes",
     "CMA、CNAS 范围内  In scope", "全部检测项目在本机构资质认定（CMA）和认可（CNAS）范围内。",
     "All tested items are within the laboratory’s CMA and CNAS scopes.", INK_ACCENT},
    {"mixed", "部分项目在资质认定或认可范围内  In scope in part", "部分在范围内  In scope in part",
     "各项目的范围见结果表；标“*"
     "”的项目不在资质认定（CMA）和认可（CNAS）范围内，不具有对社会的证明作用，仅供参考。",
     "The table says which items are in scope; those marked * are outside the CMA and CNAS scopes: no "
     "probative "
     "effect, for reference only.",
     INK_DOUBT},
};

static const struct class_words *class_of(const struct record *record)
{
    const char *name = record_is_specimen(record) ? "demonstration" : record_text(record, "legal_class");
    size_t i = 0;
    while (i < sizeof CLASSES / sizeof CLASSES[0] - 1 && strcmp(CLASSES[i].name, name) != 0)
        i++;
    return &CLASSES[i];
}

const char *wording_class_short(const struct record *record)
{
    return class_of(record)->brief;
}

const char *wording_class_head(const struct record *record)
{
    return class_of(record)->head;
}

const char *wording_class_zh(const struct record *record)
{
    return class_of(record)->zh;
}

const char *wording_class_en(const struct record *record)
{
    return class_of(record)->en;
}

enum ink wording_class_ink(const struct record *record)
{
    return class_of(record)->ink;
}

// What the file's signature is worth on paper, by the kind of seal.
static const struct {
    const char *zh, *en;
} SEALS[] = {
    [0] = {"本电子文件为原件，附有本机构覆盖全文的数字签名，任何改动均可检出；打印件为副本，不含数字签名和印"
           "章图样。",
           "This file is the original. The institute’s digital signature covers the whole of it, so that any "
           "change can be detected. A printout is a copy without signature or seal image."},
    [1] =
        {"本电子文件为原件，附有本机构覆盖全文的数字签名，任何改动均可检出；打印件为副本，不含数字签名，其上"
         "的印章图样"
         "不能代替数字签名。",
         "This file is the original. The institute’s digital signature covers the whole of it, so that any "
         "change can be detected. A printout is a copy without it; the picture of the seal does not take its "
         "place."},
    [2] = {"本电子文件为原件，附有用演示密钥生成的、覆盖全文的数字签名，任何改动均可检出；打印件为副本，不含"
           "数字签名和印"
           "章图样。",
           "This file is the original. A digital signature made with a demonstration key covers the whole of "
           "it, so that any change can be detected. A printout is a copy without signature or seal image."},
};

static size_t seal_of(const struct record *record)
{
    return record_is_specimen(record) ? 2 : record_text(record, "seal_sha256")[0] != '\0';
}

const char *wording_seal_zh(const struct record *record)
{
    return SEALS[seal_of(record)].zh;
}

const char *wording_seal_en(const struct record *record)
{
    return SEALS[seal_of(record)].en;
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

const char *wording_below(const struct record *record, size_t i)
{
    const char *mean = record_text(record, "results[%zu].mean", i),
               *english = record_text(record, "results[%zu].mean_en", i);
    if (strncmp(mean, "ND", 2) == 0 && !strchr(mean, ';'))
        return "未检出 not detected";
    return english[0] || !mean[0] ? english : record_text(record, "results[%zu].unit_en", i);
}

const struct standing_words *wording_standing(enum sheet_standing standing)
{
    static const struct standing_words superseded = {"已被代替", "Superseded",
                                                     "本件已被修订版代替，原结论不再有效。",
                                                     "Superseded: its conclusion no longer stands."};
    static const struct standing_words withdrawn = {"已撤回", "Withdrawn", "本件已撤回，原结论不再有效。",
                                                    "Withdrawn: its conclusion no longer stands."};
    return standing == SHEET_STANDS ? NULL : standing == SHEET_WITHDRAWN ? &withdrawn : &superseded;
}

static const struct {
    const char *zh, *en, *head;
} TITLES[] = {
    [SHEET_CARD] = {"检测结果说明卡", "YOUR RESULT ON ONE PAGE", "说明卡  RESULT CARD"},
    [SHEET_SHARE] = {"检验检测报告（分享副本）", "TEST REPORT, COPY TO SHARE", "分享副本  COPY TO SHARE"},
    [SHEET_SLIP] = {"检测结果单", "RESULTS SLIP", "检测结果单  RESULTS SLIP"},
};

bool wording_is_verification(const struct record *record)
{
    return strncmp(record_text(record, "title_zh"), "检定", strlen("检定")) == 0;
}

const char *wording_title_zh(struct record *record, enum sheet_kind kind)
{
    const char *own = record_text(record, "title_zh");
    if (kind == SHEET_SHARE && own[0])
        return record_printf(record, "%s（分享副本）", own);
    return kind != SHEET_FULL ? TITLES[kind].zh : own[0] ? own : WORDING_TITLE_ZH;
}

const char *wording_title_en(struct record *record, enum sheet_kind kind)
{
    const char *own = record_text(record, "title_en");
    if (kind == SHEET_SHARE && own[0])
        return record_printf(record, "%s (COPY)", own);
    return kind != SHEET_FULL ? TITLES[kind].en : own[0] ? own : WORDING_TITLE_EN;
}

const char *wording_title_head(struct record *record, enum sheet_kind kind)
{
    return kind != SHEET_FULL ? TITLES[kind].head
                              : record_printf(record, "%s  %s", wording_title_zh(record, kind),
                                              wording_title_en(record, kind));
}

const char *wording_number_label(const struct record *record)
{
    if (record_is_slip(record))
        return "样品编号";
    bool is_certificate = strcmp(record_text(record, "title_zh"), "检定证书") == 0;
    return is_certificate ? "证书编号" : wording_is_verification(record) ? "通知书编号" : "报告编号";
}

const char *wording_told(const char *text)
{
    if (strcmp(text, "none") == 0)
        return "无 none";
    return strcmp(text, "declared species") == 0 ? "标称的种类 declared species" : text;
}

const char *wording_with_unit(struct record *record, size_t i, const char *key)
{
    const char *value = wording_told(record_text(record, "results[%zu].%s", i, key)),
               *unit = record_text(record, "results[%zu].unit", i);
    return value[0] && unit[0] ? record_printf(record, "%s %s", value, unit) : value;
}

const char *wording_unit(struct record *record, size_t i)
{
    const char *unit = record_text(record, "results[%zu].unit", i),
               *english = record_text(record, "results[%zu].unit_en", i);
    return english[0] ? record_printf(record, "%s, %s", unit, english) : unit;
}
