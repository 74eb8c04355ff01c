// SPDX-License-Identifier: Apache-2.0
// Joins the command table from its areas, and holds what belongs to no area: nouns and common flags.
#include "table/table.h"

#include <string.h>

#include "command/grammar.h"
#include "table/rows.h"
#include "table/topics.h"
#include "wire/arena.h"

static const struct noun nouns[] = {
    {"login", "Log in; the session is kept for the profile", "登录"},
    {"logout", "End the session", "退出登录"},
    {"whoami", "Who you are, your roles and your desk", "当前身份、角色和工位"},
    {"desk", "The reception desk on a full screen", "全屏收样台"},
    {"bench", "The bench of technicians on a full screen", "全屏检测台"},
    {"profile", "Servers and desks that this client knows", "服务器与工位配置"},
    {"person", "Owners and bringers", "送检人员"},
    {"day", "Working days, closed days, open days", "工作日历与开放日"},
    {"slot", "Sessions and their quotas", "场次与名额"},
    {"booking", "Bookings and waiting lists", "预约"},
    {"ticket", "The queue: numbers, calling", "排队叫号"},
    {"visit", "Air: visits to homes", "室内空气上门采样"},
    {"intake", "Taking items in", "收样"},
    {"journal", "Intakes taken while the server cannot be asked", "离线收样日志"},
    {"code", "Item codes reserved for a desk", "预留样品编号"},
    {"label", "Labels of items and bags", "样品标签"},
    {"print", "Labels that wait for the printer, and how it is", "打印任务"},
    {"layout", "Layouts of labels and documents", "打印版式"},
    {"receipt", "Receipts of intakes", "收样回执"},
    {"item", "Items in the laboratory's custody", "样品"},
    {"custody", "Who holds what: stores, offers, what is not fetched, the close of a day", "样品保管"},
    {"fee", "What tests cost: rules, campaigns, the day's receipts", "收费"},
    {"complaint", "Complaints, from their filing to their outcome", "投诉"},
    {"incident", "What is wrong with an item: frozen until it is closed", "样品异常"},
    {"portion", "Portions that are retained", "留样"},
    {"test", "Tests: assignment, results, submission, review", "检测任务"},
    {"review", "What waits for the second person", "复核"},
    {"sheet", "Result sheets: release, fetch, print", "检测报告"},
    {"delivery", "What was handed to whom", "报告送达"},
    {"notice", "Reminders and other words to clients, and whether they arrived", "提醒与通知"},
    {"record", "Original records: show, print, controlled forms", "原始记录"},
    {"fitness", "Competence, calibration, reagent lots", "人员能力、校准与试剂"},
    {"instrument", "Files of instruments: profiles, preview, import", "仪器数据文件"},
    {"worksheet", "Worksheets: up to 96 positions entered in one call", "检测工作单"},
    {"quality", "Control charts, held batches, nonconformities", "质量控制"},
    {"log", "The public log of sheets: audit it without trusting the institute", "公开日志审计"},
    {"verify", "Check a sheet's PDF without any server", "离线验证报告"},
    {"statistics", "How much passes, how long it takes, what comes in", "统计"},
    {"staff", "Staff, roles, qualifications, passwords", "员工"},
    {"catalogue", "Laboratories, products, methods", "目录"},
    {"history", "Every change: who, when, old, new, why", "变更历史"},
    {"completion", "Completion scripts for bash, zsh, fish", "shell 补全脚本"},
    {"man", "The manual page", "手册页"},
    {"help", "Help on a noun, a verb or a topic", "帮助"},
    {"version", "Version of this program", "版本"},
    {0},
};

static const struct argument global_arguments[] = {
    {.name = "profile",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PROFILE_NAME,
     .value = "NAME",
     .help = "profile to use (also TOUCHSTONE_PROFILE)"},
    {.name = "server",
     .kind = ARGUMENT_OPTION,
     .value = "HOST:PORT",
     .help = "server (also TOUCHSTONE_SERVER)"},
    {.name = "ca",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help =
         "PEM certificates of the authorities to trust for the server; without it those of the system (also "
         "TOUCHSTONE_CA)"},
    {.name = "json",
     .kind = ARGUMENT_OPTION_SWITCH,
     .help = "the whole answer as JSON (touchstone help json)"},
    {.name = "csv",
     .kind = ARGUMENT_OPTION_SWITCH,
     .help = "lists as CSV with their headings (RFC 4180), for a spreadsheet"},
    {.name = "field",
     .kind = ARGUMENT_OPTION,
     .value = "PATH",
     .help = "only the values of this field of the answer, a line each: receipt.items.item_code"},
    {.name = "timeout",
     .kind = ARGUMENT_OPTION,
     .value = "SECONDS",
     .help = "how long to wait for an answer (without it: 30)"},
    {.name = "retries",
     .kind = ARGUMENT_OPTION,
     .value = "N",
     .help = "how often to repeat what surely was not done or is safe to repeat (without it: 3)"},
    {.name = "help", .kind = ARGUMENT_OPTION_SWITCH, .help = "this help", .letter = 'h'},
    {.name = "version", .kind = ARGUMENT_OPTION_SWITCH, .help = "version of this program", .letter = 'V'},
    {0},
};

static const struct argument write_arguments[] = {
    {.name = "request-id",
     .kind = ARGUMENT_OPTION,
     .value = "UUID",
     .help = "key of the write: the same key and values are done once, however often they are sent"},
    {0},
};

static const struct argument page_arguments[] = {
    {.name = "page-size",
     .field = "page.page_size",
     .value = "N",
     .help = "rows of one page, up to 200 (without it: 50)"},
    {.name = "page-token",
     .field = "page.page_token",
     .value = "TOKEN",
     .help = "continues where a page ended"},
    {.name = "all", .kind = ARGUMENT_OPTION_SWITCH, .help = "all pages"},
    {0},
};

const struct grammar *table_grammar(struct arena *arena)
{
    const struct command *const areas[] = {
        own_commands,       offline_commands,    desk_commands,       item_commands,
        open_day_commands,  queue_commands,      visit_commands,      bench_commands,
        change_commands,    sheet_commands,      sheet_life_commands, delivery_commands,
        fitness_commands,   instrument_commands, quality_commands,    proficiency_commands,
        record_commands,    worksheet_commands,  custody_commands,    custody_day_commands,
        fee_commands,       complaint_commands,  statistics_commands, staff_commands,
        catalogue_commands, history_commands,    log_commands,        printing_commands,
        correction_commands};
    struct grammar *grammar = arena_array(arena, 1, sizeof *grammar);
    struct command *commands;
    size_t count = 0, at = 0;

    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        for (const struct command *command = areas[i]; command->noun != NULL; command++)
            count++;
    commands = arena_array(arena, count + 1, sizeof *commands);
    if (grammar == NULL || commands == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        for (const struct command *command = areas[i]; command->noun != NULL; command++)
            memcpy(&commands[at++], command, sizeof *command);
    *grammar =
        (struct grammar){commands, nouns, global_arguments, write_arguments, page_arguments, topics_all};
    return grammar;
}
