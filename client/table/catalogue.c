// SPDX-License-Identifier: Apache-2.0
// Command table: the catalogue of a laboratory, what of it is in doubt, and what is signed off.
#include "table/rows.h"
#include "touchstone/v1/catalogue.pb-c.h"

static const struct argument laboratory_arguments[] = {ROWS_LABORATORY, {0}};

static const struct view laboratories_view = {
    .rows = "laboratories",
    .columns = (const struct column[]){{"CODE", "laboratory"}, {"NAME", "name_en"}, {"名称", "name_zh"}, {0}},
};

static const struct view products_view = {
    .rows = "products",
    .columns = (const struct column[]){{"PRODUCT", "product_id"},
                                       {"NAME", "name_en"},
                                       {"名称", "name_zh"},
                                       {"PARAMETER", "parameter_id"},
                                       {"LIMIT", "limit"},
                                       {"UNIT", "unit"},
                                       {0}},
};

static const struct view methods_view = {
    .rows = "methods",
    .columns = (const struct column[]){{"METHOD", "method_id"},
                                       {"NAME", "name_en"},
                                       {"名称", "name_zh"},
                                       {"STANDARD", "standard"},
                                       {"PARAMETERS", "parameter_ids"},
                                       {"SCREENING", "screening"},
                                       {"DESTRUCTIVE", "destructive"},
                                       {"REPLICATES", "min_replicates"},
                                       {0}},
};

static const struct view rejection_reasons_view = {
    .rows = "rejection_reasons",
    .columns = (const struct column[]){
        {"REASON TO REJECT", "reason_id"}, {"NAME", "name_en"}, {"名称", "name_zh"}, {0}}};

static const struct view intake_packages_view = {
    .next = &rejection_reasons_view,
    .rows = "packages",
    .columns = (const struct column[]){{"PACKAGE", "package_id"},
                                       {"NAME", "name_en"},
                                       {"名称", "name_zh"},
                                       {"PRODUCT", "product_id"},
                                       {"METHODS", "tests.method_id"},
                                       {"PARAMETERS", "tests.parameter_id"},
                                       {0}},
};

static const struct view intake_fields_view = {
    .rows = "fields",
    .columns = (const struct column[]){{"FIELD", "field_key"},
                                       {"NAME", "label_en"},
                                       {"名称", "label_zh"},
                                       {"TYPE", "type"},
                                       {"REQUIRED", "required"},
                                       {"RULE", "accept_rule"},
                                       {0}},
    .next = &intake_packages_view,
};

static const struct argument limits_arguments[] = {
    ROWS_LABORATORY,
    {.name = "only-check",
     .field = "only_check",
     .value = "YES|NO",
     .help = "only what still waits for a sign-off",
     .fallback = "no"},
    {0},
};

static const struct view limits_view = {
    .rows = "limits",
    .columns = (const struct column[]){{"LIMIT", "limit_id"},
                                       {"PRODUCT", "product_id"},
                                       {"PARAMETER", "parameter_id"},
                                       {"REQUIREMENT", "requirement"},
                                       {"UNIT", "unit"},
                                       {"CONDITION", "condition"},
                                       {"STANDARD", "standard"},
                                       {"CLAUSE", "clause"},
                                       {"CONFIDENCE", "confidence"},
                                       {"SIGNED BY", "signed_by"},
                                       {0}},
    .empty = "no limits",
};

static const struct argument doubtful_arguments[] = {
    ROWS_LABORATORY,
    {.name = "only-check",
     .field = "only_check",
     .value = "YES|NO",
     .help = "only what still waits for a sign-off",
     .fallback = "yes"},
    {0},
};

static const struct view revision_view = {
    .columns = (const struct column[]){{"Catalogue revision", "catalogue_revision"}, {0}}};

static const struct view doubtful_view = {
    .rows = "doubtful",
    .columns = (const struct column[]){{"FILE", "file"},
                                       {"KEY", "key"},
                                       {"SAYS", "says"},
                                       {"STANDARD", "standard"},
                                       {"CLAUSE", "clause"},
                                       {"CONFIDENCE", "confidence"},
                                       {"BY", "signed_by"},
                                       {"AT", "signed_at"},
                                       {"BECAUSE", "signed_reason"},
                                       {"WITHDRAWN", "withdrawn"},
                                       {0}},
    .empty = "nothing waits",
    .next = &revision_view,
};

static const struct argument sign_off_arguments[] = {
    ROWS_POSITIONAL("FILE", "file", "limits, micro_plans, standards or formulas"),
    ROWS_POSITIONAL("KEY", "key", "the row (catalogue doubtful)"),
    ROWS_LABORATORY,
    {.name = "revision",
     .field = "catalogue_revision",
     .traits = ARGUMENT_REQUIRED,
     .value = "N",
     .help = "revision of the catalogue that you read (catalogue doubtful)"},
    ROWS_REASON,
    {0},
};

static const struct view sign_off_view = {
    .columns =
        (const struct column[]){
            {"File", "file"}, {"Key", "key"}, {"Catalogue revision", "catalogue_revision"}, {0}},
};

const struct command catalogue_commands[] = {
    {
        .noun = "catalogue",
        .verb = "laboratories",
        .summary = "List laboratories",
        .summary_zh = "列出实验室",
        ROWS_CALL("CatalogueService", "ListLaboratories", list_laboratories),
        .view = &laboratories_view,
    },
    {
        .noun = "catalogue",
        .verb = "products",
        .summary = "List products with their limits",
        .summary_zh = "列出产品和限值",
        ROWS_CALL("CatalogueService", "ListProducts", list_products),
        .traits = COMMAND_PAGED,
        .arguments = laboratory_arguments,
        .view = &products_view,
    },
    {
        .noun = "catalogue",
        .verb = "methods",
        .summary = "List methods with their standards",
        .summary_zh = "列出检测方法和标准",
        ROWS_CALL("CatalogueService", "ListMethods", list_methods),
        .traits = COMMAND_PAGED,
        .arguments = laboratory_arguments,
        .view = &methods_view,
    },
    {
        .noun = "catalogue",
        .verb = "intake-form",
        .summary = "Show what reception records of an item, and the packages of tests",
        .summary_zh = "查看收样登记项和检测套餐",
        ROWS_CALL("CatalogueService", "GetIntakeForm", get_intake_form),
        .arguments = laboratory_arguments,
        .view = &intake_fields_view,
    },
    {
        .noun = "catalogue",
        .verb = "limits",
        .summary = "List requirements with their confidence",
        .summary_zh = "列出限值及其可信程度",
        ROWS_CALL("CatalogueService", "ListLimits", list_limits),
        .traits = COMMAND_PAGED,
        .arguments = limits_arguments,
        .view = &limits_view,
        .examples = "catalogue limits --only-check yes",
    },
    {
        .noun = "catalogue",
        .verb = "doubtful",
        .summary = "List rows marked \"check\" that results are judged by",
        .summary_zh = "列出判定依据中待核实的条目",
        ROWS_CALL("CatalogueService", "ListDoubtfulRows", list_doubtful_rows),
        .traits = COMMAND_PAGED,
        .arguments = doubtful_arguments,
        .view = &doubtful_view,
        .details =
            "Limits, sampling plans, editions of standards and formulas. Nothing is judged by them until\n"
            "they are signed off.",
        .examples = "catalogue doubtful\ncatalogue doubtful --only-check no",
    },
    {
        .noun = "catalogue",
        .verb = "sign-off",
        .summary = "Sign off a doubtful row after reading the standard",
        .summary_zh = "核对标准原文后确认条目",
        ROWS_CALL("CatalogueService", "SignOffRow", sign_off_row),
        .traits = COMMAND_WRITE,
        .arguments = sign_off_arguments,
        .view = &sign_off_view,
        .examples =
            "catalogue sign-off limits L014 --revision 3 --reason 'GB 28480-2012 table 1, read 2026-11-29'",
    },
    {
        .noun = "catalogue",
        .verb = "withdraw-sign-off",
        .summary = "Take a sign-off back: nothing more is judged by the row",
        .summary_zh = "撤回对条目的确认",
        ROWS_CALL("CatalogueService", "WithdrawSignOff", withdraw_sign_off),
        .traits = COMMAND_WRITE,
        .arguments = sign_off_arguments,
        .view = &sign_off_view,
        .examples = "catalogue withdraw-sign-off limits L014 --revision 4 --reason 'amendment 1 says 0.5'",
    },
    {0},
};
