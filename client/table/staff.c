// SPDX-License-Identifier: Apache-2.0
// Command table: staff, catalogue and history.
#include "table/rows.h"
#include "touchstone/v1/audit.pb-c.h"
#include "touchstone/v1/catalogue.pb-c.h"
#include "touchstone/v1/staff.pb-c.h"

#define USERNAME ROWS_POSITIONAL("USERNAME", "username", "log-in of the person")

static const struct column staff_columns[] = {
    {"Username", "username"},
    {"Name", "name"},
    {"Enabled", "enabled"},
    {"Laboratories", "roles.laboratory"},
    {"Roles", "roles.roles"},
    {"Qualifications", "qualifications"},
    {"Signatory for", "signatory_for"},
    {"Version", "version"},
    {0},
};

static const struct view member_view = {.rows = "staff", .columns = staff_columns};

static const struct view list_view = {
    .rows = "staff",
    .columns = (const struct column[]){{"USERNAME", "username"},
                                       {"NAME", "name"},
                                       {"ENABLED", "enabled"},
                                       {"LABORATORIES", "roles.laboratory"},
                                       {"ROLES", "roles.roles"},
                                       {"QUALIFIED FOR", "qualifications"},
                                       {"SIGNS FOR", "signatory_for"},
                                       {"VERSION", "version"},
                                       {0}},
    .empty = "no staff",
};

static const struct view revoked_view = {.columns =
                                             (const struct column[]){{"Sessions ended", "revoked"}, {0}}};

static const struct version_source staff_version = {
    ROWS_CALL("StaffService", "ListStaff", list_staff), .key = "username", .rows = "staff",
    .version = "version", .unlisted = "is nobody's log-in; touchstone staff list shows them all"};

static const struct argument list_arguments[] = {
    {.name = "laboratory", .field = "laboratory", .value = "CODE", .help = "only this laboratory"},
    {0},
};

static const struct argument create_arguments[] = {
    USERNAME,
    {.name = "name",
     .field = "name",
     .traits = ARGUMENT_REQUIRED,
     .value = "NAME",
     .help = "name as it is printed"},
    ROWS_LABORATORY,
    {.name = "role",
     .field = "roles",
     .traits = ARGUMENT_REPEATED,
     .value = "ROLE",
     .help = "what the person may do there"},
    {.name = "password-file",
     .field = "password",
     .kind = ARGUMENT_NEW_SECRET,
     .traits = ARGUMENT_PATH,
     .value = "password of the new person",
     .help = "file with the first password ('-' = standard input); without it you are asked"},
    {0},
};

static const struct argument roles_arguments[] = {
    USERNAME,
    ROWS_LABORATORY,
    {.name = "role",
     .field = "roles",
     .traits = ARGUMENT_REPEATED,
     .value = "ROLE",
     .help = "all roles the person has there from now on; none takes all away"},
    ROWS_REASON,
    ROWS_VERSION,
    {0},
};

static const struct argument qualify_arguments[] = {
    USERNAME,
    ROWS_POSITIONAL("METHOD", "method_id", "method (catalogue methods), for example M_XRF"),
    ROWS_LABORATORY,
    {.name = "qualified",
     .field = "qualified",
     .value = "YES|NO",
     .help = "no takes it away",
     .fallback = "yes"},
    ROWS_REASON,
    ROWS_VERSION,
    {0},
};

static const struct argument signatory_arguments[] = {
    USERNAME,
    ROWS_LABORATORY,
    {.name = "authorised",
     .field = "authorised",
     .value = "YES|NO",
     .help = "no takes it away",
     .fallback = "yes"},
    ROWS_REASON,
    ROWS_VERSION,
    {0},
};

static const struct argument reset_arguments[] = {
    USERNAME,
    ROWS_LABORATORY,
    ROWS_REASON,
    {.name = "password-file",
     .field = "new_password",
     .kind = ARGUMENT_NEW_SECRET,
     .traits = ARGUMENT_PATH,
     .value = "new password of the person",
     .help = "file with the new password ('-' = standard input); without it you are asked"},
    {0},
};

static const struct argument reasoned_arguments[] = {USERNAME, ROWS_LABORATORY, ROWS_REASON, {0}};

static const struct argument enabled_arguments[] = {
    USERNAME, ROWS_LABORATORY, ROWS_REASON, ROWS_VERSION, {0}};

static const struct argument password_arguments[] = {
    {.name = "password-file",
     .field = "old_password",
     .kind = ARGUMENT_SECRET,
     .traits = ARGUMENT_PATH,
     .value = "password until now",
     .help = "file with your password until now ('-' = a line of standard input); without it you are asked"},
    {.name = "new-password-file",
     .field = "new_password",
     .kind = ARGUMENT_NEW_SECRET,
     .traits = ARGUMENT_PATH,
     .value = "new password",
     .help = "file with the new one ('-' = a line of standard input); without it you are asked"},
    {0},
};

static bool finish_enable(struct arena *arena, ProtobufCMessage *request, struct ts_error *error)
{
    (void)arena;
    (void)error;
    ((Touchstone__V1__SetStaffEnabledRequest *)request)->enabled = 1;
    return true;
}

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

static const struct argument history_arguments[] = {
    ROWS_LABORATORY,
    {.name = "type",
     .field = "object_type",
     .value = "TYPE",
     .help = "only objects of this type: test, item, sheet, staff …"},
    {.name = "id", .field = "object_id", .value = "ID", .help = "only this object"},
    {0},
};

static const struct view history_view = {
    .rows = "entries",
    .columns = (const struct column[]){{"ENTRY", "entry_id"},
                                       {"AT", "at"},
                                       {"ACTOR", "actor"},
                                       {"DESK", "desk"},
                                       {"METHOD", "method"},
                                       {"OBJECT", "object_type"},
                                       {"ID", "object_id"},
                                       {"OPERATION", "operation"},
                                       {"CHANGES", "new_values"},
                                       {"REASON", "reason"},
                                       {0}},
    .changed = "new_values",
    .before = "old_values",
    .empty = "no history",
};

const struct command staff_commands[] = {
    {
        .noun = "staff",
        .verb = "list",
        .summary = "List staff with roles and qualifications",
        .summary_zh = "列出员工、角色和资质",
        ROWS_CALL("StaffService", "ListStaff", list_staff),
        .traits = COMMAND_PAGED,
        .arguments = list_arguments,
        .view = &list_view,
    },
    {
        .noun = "staff",
        .verb = "create",
        .summary = "Add a person to the staff",
        .summary_zh = "新增员工",
        ROWS_CALL("StaffService", "CreateStaff", create_staff),
        .traits = COMMAND_WRITE,
        .arguments = create_arguments,
        .view = &member_view,
        .examples =
            "staff create tech1 --name 李工 --laboratory JEW --role technician --password-file first.txt",
    },
    {
        .noun = "staff",
        .verb = "roles",
        .summary = "Replace a person's roles in a laboratory; holds at once",
        .summary_zh = "设置员工角色（立即生效）",
        ROWS_CALL("StaffService", "SetRoles", set_roles),
        .traits = COMMAND_WRITE,
        .arguments = roles_arguments,
        .view = &member_view,
        .version = &staff_version,
    },
    {
        .noun = "staff",
        .verb = "qualify",
        .summary = "Allow a technician a method, or no longer",
        .summary_zh = "设置检测员的方法资质",
        ROWS_CALL("StaffService", "SetQualification", set_qualification),
        .traits = COMMAND_WRITE,
        .arguments = qualify_arguments,
        .view = &member_view,
        .version = &staff_version,
        .examples = "staff qualify tech1 M_XRF --laboratory JEW --reason \"training record 12\"",
    },
    {
        .noun = "staff",
        .verb = "signatory",
        .summary = "Make a person an authorised signatory, or no longer",
        .summary_zh = "设置授权签字人",
        ROWS_CALL("StaffService", "SetSignatory", set_signatory),
        .traits = COMMAND_WRITE,
        .arguments = signatory_arguments,
        .view = &member_view,
        .version = &staff_version,
    },
    {
        .noun = "staff",
        .verb = "reset-password",
        .summary = "Give a person a new password",
        .summary_zh = "重置员工密码",
        ROWS_CALL("StaffService", "ResetPassword", reset_password),
        .traits = COMMAND_WRITE,
        .arguments = reset_arguments,
        .view = &member_view,
    },
    {
        .noun = "staff",
        .verb = "revoke",
        .summary = "End every session of a person now",
        .summary_zh = "立即终止员工的所有会话",
        ROWS_CALL("StaffService", "RevokeSessions", revoke_sessions),
        .traits = COMMAND_WRITE,
        .arguments = reasoned_arguments,
        .view = &revoked_view,
    },
    {
        .noun = "staff",
        .verb = "enable",
        .summary = "Let a person log in again",
        .summary_zh = "启用员工账号",
        ROWS_CALL("StaffService", "SetStaffEnabled", set_staff_enabled),
        .traits = COMMAND_WRITE,
        .arguments = enabled_arguments,
        .view = &member_view,
        .version = &staff_version,
        .finish = finish_enable,
    },
    {
        .noun = "staff",
        .verb = "disable",
        .summary = "Keep a person from logging in; sessions end at once",
        .summary_zh = "停用员工账号（会话立即终止）",
        ROWS_CALL("StaffService", "SetStaffEnabled", set_staff_enabled),
        .traits = COMMAND_WRITE,
        .arguments = enabled_arguments,
        .view = &member_view,
        .version = &staff_version,
    },
    {
        .noun = "staff",
        .verb = "password",
        .summary = "Change your own password; ends your other sessions",
        .summary_zh = "修改自己的密码",
        ROWS_CALL("StaffService", "ChangePassword", change_password),
        .traits = COMMAND_WRITE,
        .arguments = password_arguments,
        .view = &member_view,
    },
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
    {
        .noun = "history",
        .verb = "list",
        .summary = "List every change, newest first: who, when, which desk, old, new, why",
        .summary_zh = "列出变更历史（最新在前）",
        ROWS_CALL("AuditService", "ListHistory", list_history),
        .traits = COMMAND_PAGED,
        .arguments = history_arguments,
        .view = &history_view,
        .examples = "history list --type test --id 5b0e…",
    },
    {0},
};
