// SPDX-License-Identifier: Apache-2.0
// Command table: the public log.
#include "run/audit_log.h"
#include "table/rows.h"

static const struct argument audit_arguments[] = {
    {.name = "url",
     .kind = ARGUMENT_OPTION,
     .value = "URL",
     .help = "address of the log, https://HOST/log; without it and --directory that of the profile's server"},
    {.name = "directory",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "DIR",
     .help = "folder with the log's public files instead: a daemon's <state>/public, or a mirror's copy"},
    {.name = "keys",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "keys.json or data.json that you trust; without it the log's own, which proves less"},
    {.name = "since",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "checkpoint that an earlier audit saved: the log must continue it"},
    {.name = "save",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "where to keep the checkpoint of a good log, for --since of the next audit"},
    {0},
};

const struct command log_commands[] = {
    {
        .noun = "log",
        .verb = "audit",
        .summary = "Replay the public log from its files, and tell what is wrong with it",
        .summary_zh = "从公开文件重放并审计公开日志",
        .arguments = audit_arguments,
        .run = audit_log_run,
        .details = "Checks the checkpoint's signatures, every entry and tile, the rules of entries, status "
                   "lists, the registry\n"
                   "of codes and the keys. Needs no log-in and trusts nobody but the keys. Exit code 0: "
                   "good, perhaps with\n"
                   "warnings. 1: findings, each with what it means and what to do.",
        .examples = "log audit --url https://lims.example/log --keys keys.json --save last\n"
                    "log audit --url https://lims.example/log --keys keys.json --since last --save last",
    },
    {0},
};
