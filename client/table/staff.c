// SPDX-License-Identifier: Apache-2.0
// Command table: staff.
#include "table/rows.h"
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
    {0},
};
