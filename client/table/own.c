// SPDX-License-Identifier: Apache-2.0
// Command table: the session, the profiles, and what the program says of itself.
#include "run/enter.h"
#include "run/profiles.h"
#include "run/words.h"
#include "table/rows.h"
#include "terminal/terminal.h"
#include "touchstone/v1/staff.pb-c.h"

static const struct column staff_columns[] = {
    {"Username", "username"},
    {"Name", "name"},
    {"Laboratories", "roles.laboratory"},
    {"Roles", "roles.roles"},
    {"Qualifications", "qualifications"},
    {"Signatory for", "signatory_for"},
    {0},
};

static const struct view member_view = {.rows = "staff", .columns = staff_columns};

static const struct view login_view = {
    .columns = (const struct column[]){{"Session until", "expires_at"},
                                       {"Without use until", "idle_expires_at"},
                                       {0}},
    .next = &member_view,
};

static const struct view whoami_view = {
    .columns = (const struct column[]){{"Desk", "desk"}, {"Session until", "expires_at"}, {0}},
    .next = &member_view,
};

static const struct argument login_arguments[] = {
    ROWS_POSITIONAL("USERNAME", "username", "your log-in"),
    {.name = "desk",
     .field = "desk",
     .traits = ARGUMENT_FROM_PROFILE,
     .value = "DESK",
     .help = "where you sit, for example D1: receipts are numbered per desk; without it the profile's"},
    {.name = "password-file",
     .field = "password",
     .kind = ARGUMENT_SECRET,
     .traits = ARGUMENT_PATH,
     .value = "password",
     .help = "file with your password ('-' = standard input); without it you are asked"},
    {0},
};

static const struct argument desk_arguments[] = {
    {.name = "laboratory",
     .kind = ARGUMENT_OPTION,
     .value = "CODE",
     .help = "code of the laboratory, for example JEW; without it the profile's, else the first where you "
             "are reception"},
    {.name = "pictures",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FOLDER",
     .help =
         "new pictures in it are offered to the item (also TOUCHSTONE_PICTURES); without it the profile's"},
    {.name = "camera",
     .kind = ARGUMENT_OPTION,
     .value = "COMMAND",
     .help = "takes a picture; the file it writes to is {} or the last word (also TOUCHSTONE_CAMERA); "
             "without it the profile's"},
    {.name = "printer",
     .kind = ARGUMENT_OPTION,
     .value = "PRINTER",
     .help = "for labels and slips; without it the profile's"},
    {.name = "paper",
     .kind = ARGUMENT_OPTION,
     .value = "NAME",
     .help = "printer of CUPS for receipts; without it the profile's"},
    {0},
};

static const struct argument profile_use_arguments[] = {
    {.name = "NAME",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED | ARGUMENT_PROFILE_NAME,
     .value = "NAME",
     .help = "name of the profile"},
    {0},
};

static const struct argument profile_set_arguments[] = {
    {.name = "NAME",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED | ARGUMENT_PROFILE_NAME,
     .value = "NAME",
     .help = "name of the profile; made when there is none"},
    {.name = "desk", .kind = ARGUMENT_OPTION, .value = "DESK", .help = "desk to log in at, for example D1"},
    {.name = "laboratory",
     .kind = ARGUMENT_OPTION,
     .value = "CODE",
     .help = "laboratory meant when none is given"},
    {.name = "printer",
     .kind = ARGUMENT_OPTION,
     .value = "PRINTER",
     .help = "for labels and slips: HOST[:PORT], a device file, cups:NAME or cups:NAME:picture"},
    {.name = "paper",
     .kind = ARGUMENT_OPTION,
     .value = "NAME",
     .help = "for receipts and agreements: a printer of CUPS (lpstat -p)"},
    {.name = "pictures",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FOLDER",
     .help = "new pictures in it are offered to the item at the desk"},
    {.name = "camera",
     .kind = ARGUMENT_OPTION,
     .value = "COMMAND",
     .help = "takes a picture at the desk: words between blanks, {} or the last one is the file"},
    {0},
};

static const struct argument completion_arguments[] = {
    {.name = "SHELL",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED,
     .value = "SHELL",
     .help = "bash, zsh or fish",
     .words = "bash zsh fish"},
    {0},
};

static const struct argument help_arguments[] = {
    {.name = "TOPIC",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_POSITIONAL | ARGUMENT_NOUN,
     .value = "TOPIC",
     .help = "a noun, or one of the topics"},
    {.name = "VERB",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_POSITIONAL | ARGUMENT_VERB,
     .value = "VERB",
     .help = "a verb of the noun"},
    {0},
};

const struct command own_commands[] = {
    {
        .noun = "login",
        .summary = "Log in; the session is kept for the profile",
        .summary_zh = "登录",
        ROWS_CALL("StaffService", "Login", login),
        .traits = COMMAND_OPEN | COMMAND_UNKEYED,
        .arguments = login_arguments,
        .view = &login_view,
        .run = enter_login,
        .examples = "login reception1 --desk D1",
    },
    {
        .noun = "logout",
        .summary = "End the session, on the server and here",
        .summary_zh = "退出登录",
        ROWS_CALL("StaffService", "Logout", logout),
        .run = enter_logout,
    },
    {
        .noun = "whoami",
        .summary = "Show who you are, your roles and your desk",
        .summary_zh = "显示当前身份、角色和工位",
        .method = "/touchstone.v1.StaffService/WhoAmI",
        .request = &touchstone__v1__who_am_irequest__descriptor,
        .response = &touchstone__v1__who_am_iresponse__descriptor,
        .view = &whoami_view,
    },
    {
        .noun = "desk",
        .summary = "The reception desk on a full screen: find, take in, hand out",
        .summary_zh = "全屏收样台：查询、收样、交还",
        .arguments = desk_arguments,
        .run = terminal_desk,
        .details =
            "Everything is done by keys; F1 shows them, F2 changes between Chinese and English. Scanners\n"
            "are known by their speed. Needs a terminal of at least 80 columns and 24 rows.",
        .examples = "desk\ndesk --laboratory JEW\ndesk --pictures ~/Pictures/desk\n"
                    "desk --camera 'fswebcam --no-banner -r 1280x960 {}'",
    },
    {
        .noun = "bench",
        .summary = "The bench on a full screen: worklist, results, instrument files, charts",
        .summary_zh = "全屏检测台：清单、结果录入、仪器文件、质控图",
        .arguments = desk_arguments,
        .run = terminal_bench,
        .details = "The same program as 'desk': technicians begin here with either word, and Ctrl-T changes "
                   "between\n"
                   "both for who has both roles. Charts are opened by the program in TOUCHSTONE_VIEWER, else "
                   "xdg-open.",
        .examples = "bench\nbench --laboratory JEW",
    },
    {
        .noun = "profile",
        .verb = "list",
        .summary = "List profiles",
        .summary_zh = "列出配置",
        .run = profiles_list,
    },
    {
        .noun = "profile",
        .verb = "use",
        .summary = "Choose the profile that is used without --profile",
        .summary_zh = "选择默认配置",
        .arguments = profile_use_arguments,
        .run = profiles_use,
    },
    {
        .noun = "profile",
        .verb = "set",
        .summary = "Make or change a profile",
        .summary_zh = "新建或修改配置",
        .arguments = profile_set_arguments,
        .run = profiles_set,
        .examples = "profile set desk1 --server lims.example:7443 --ca ca.pem --desk D1 --laboratory JEW",
    },
    {
        .noun = "completion",
        .summary = "Write the completion script of a shell: bash, zsh or fish",
        .summary_zh = "输出 shell 补全脚本",
        .arguments = completion_arguments,
        .run = words_completion,
        .examples = "completion bash > /etc/bash_completion.d/touchstone",
    },
    {
        .noun = "man",
        .summary = "Write the manual page",
        .summary_zh = "输出手册页",
        .run = words_manual,
        .examples = "man > touchstone.1",
    },
    {
        .noun = "help",
        .summary = "Help on a noun, a verb or a topic",
        .summary_zh = "帮助",
        .arguments = help_arguments,
        .run = words_help,
    },
    {
        .noun = "version",
        .summary = "Show the version of this program",
        .summary_zh = "显示版本",
        .run = words_version,
    },
    {0},
};
