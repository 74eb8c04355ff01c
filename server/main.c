// SPDX-License-Identifier: Apache-2.0
// touchstoned: reads the command line and runs one subcommand.
#include "main.h"

#include "admin.h"
#include "catalogue.h"
#include "core/config.h"
#include "core/log.h"
#include "log_recover.h"
#include "redraw.h"
#include "validate/validate.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const char usage_text[] =
    "touchstoned " TOUCHSTONE_VERSION ", the daemon of Touchstone\n"
    "\n"
    "  touchstoned serve --config FILE\n"
    "  touchstoned migrate --config FILE\n"
    "  touchstoned staff add --config FILE --username U --name N --laboratory LAB --role ROLE\n"
    "                        [--password-file FILE]\n"
    "  touchstoned staff reset-password --config FILE --username U [--password-file FILE]\n"
    "  touchstoned validate FILE.csv ... [--report FILE] [--catalogue DIR]\n"
    "                                runs reference data through the engine; needs no configuration\n"
    "  touchstoned verify --redraw [--photo FILE] [--seal-picture FILE] [--cma-picture FILE]\n"
    "                  [--cnas-picture FILE] SHEET.pdf\n"
    "                                draws the pages again from the sheet's record and compares every byte\n"
    "  touchstoned catalogue import --config FILE [--preview] [--author NAME] [--add | --replace] DIR\n"
    "  touchstoned catalogue export --config FILE DIR\n"
    "  touchstoned log recover --config FILE [--directory DIR] [--skip RECEIPTS] [--yes]\n"
    "                                puts back what a restored database lacks of its public log: "
    "docs/recovery.md\n"
    "  touchstoned config            prints the configuration file with its defaults\n"
    "  touchstoned version\n"
    "\n"
    "A password file holds the password in its first line; '-' is standard input; without one you are "
    "asked.\n";

struct arguments {
    const char *words[3]; // the subcommand, and the folder of a pack
    int word_count;
    const char *config_path;
    struct admin_staff staff;
    struct catalogue_order catalogue;
    struct log_recover_order recover;
};

static bool read_arguments(int argc, char **argv, struct arguments *ret_arguments)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"username", required_argument, NULL, 'u'},
        {"name", required_argument, NULL, 'n'},
        {"laboratory", required_argument, NULL, 'l'},
        {"role", required_argument, NULL, 'r'},
        {"password-file", required_argument, NULL, 'p'},
        {"author", required_argument, NULL, 'a'},
        {"preview", no_argument, NULL, 'v'},
        {"add", no_argument, NULL, 'd'},
        {"replace", no_argument, NULL, 'e'},
        {"directory", required_argument, NULL, 'D'},
        {"skip", required_argument, NULL, 's'},
        {"yes", no_argument, NULL, 'y'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    memset(ret_arguments, 0, sizeof *ret_arguments);
    ret_arguments->catalogue.mode = "auto";
    for (int option; (option = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (option) {
        case 'c':
            ret_arguments->config_path = optarg;
            break;
        case 'u':
            ret_arguments->staff.username = optarg;
            break;
        case 'n':
            ret_arguments->staff.name = optarg;
            break;
        case 'l':
            ret_arguments->staff.laboratory = optarg;
            break;
        case 'r':
            ret_arguments->staff.role = optarg;
            break;
        case 'p':
            ret_arguments->staff.password_file = optarg;
            break;
        case 'a':
            ret_arguments->catalogue.author = optarg;
            break;
        case 'v':
            ret_arguments->catalogue.preview = true;
            break;
        case 'd':
            ret_arguments->catalogue.mode = "add";
            break;
        case 'D':
            ret_arguments->recover.folder = optarg;
            break;
        case 's':
            ret_arguments->recover.skip = optarg;
            break;
        case 'y':
            ret_arguments->recover.yes = true;
            break;
        case 'e':
            ret_arguments->catalogue.mode = "replace";
            break;
        default:
            return false;
        }
    }
    for (; optind < argc && ret_arguments->word_count < 3; optind++)
        ret_arguments->words[ret_arguments->word_count++] = argv[optind];
    return optind == argc && ret_arguments->word_count > 0;
}

static bool is_command(const struct arguments *arguments, const char *first, const char *second)
{
    return strcmp(arguments->words[0], first) == 0 &&
           (second ? arguments->word_count == 2 && strcmp(arguments->words[1], second) == 0
                   : arguments->word_count == 1);
}

static bool is_catalogue(const struct arguments *arguments, const char *second)
{
    return arguments->word_count == 3 && strcmp(arguments->words[0], "catalogue") == 0 &&
           strcmp(arguments->words[1], second) == 0;
}

static void open_log(const struct config *config)
{
    enum log_level level = LOG_INFO;
    log_level_parse(config->log.level, &level);
    log_open(STDERR_FILENO, level, strcmp(config->log.format, "json") == 0);
}

// /var/lib/touchstone for root, else the user's state directory (XDG base directory specification).
static bool default_state_directory(struct config *config, struct ts_error *error)
{
    const char *state_home = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    size_t size = sizeof config->state.directory;
    int length;
    if (*config->state.directory)
        return true;
    if (geteuid() == 0)
        length = snprintf(config->state.directory, size, "/var/lib/touchstone");
    else if (state_home && *state_home == '/')
        length = snprintf(config->state.directory, size, "%s/touchstone", state_home);
    else
        length = snprintf(config->state.directory, size, "%s/.local/state/touchstone", home ? home : "");
    if (length > 0 && (size_t)length < size && *config->state.directory == '/')
        return true;
    return error_set(error, TS_INVALID_ARGUMENT, "CONFIG_INVALID",
                     "Name a [state] directory in the configuration.");
}

// True when the subcommand exists; its success goes to *ret_done.
static bool run_command(const struct arguments *arguments, const struct config *config,
                        const struct serve_extra *extra, bool *ret_done, struct ts_error *error)
{
    const struct admin_staff *staff = &arguments->staff;
    struct catalogue_order catalogue = arguments->catalogue;
    catalogue.folder = arguments->words[2];
    if (is_command(arguments, "serve", NULL))
        *ret_done = serve_run(config, extra, error);
    else if (is_command(arguments, "migrate", NULL))
        *ret_done = admin_migrate(config, error);
    else if (is_command(arguments, "staff", "add") && staff->username && staff->name && staff->laboratory &&
             staff->role)
        *ret_done = admin_staff_add(config, staff, error);
    else if (is_command(arguments, "staff", "reset-password") && staff->username)
        *ret_done = admin_staff_reset_password(config, staff, error);
    else if (is_command(arguments, "log", "recover"))
        *ret_done = log_recover(config, &arguments->recover, error);
    else if (is_catalogue(arguments, "import"))
        *ret_done = catalogue_import(config, &catalogue, error);
    else if (is_catalogue(arguments, "export"))
        *ret_done = catalogue_export(config, &catalogue, error);
    else
        return false;
    return true;
}

static int print_usage(void)
{
    fputs(usage_text, stderr);
    return EXIT_USAGE;
}

int main_run(int argc, char **argv, const struct serve_extra *extra)
{
    struct arguments arguments;
    struct config config;
    struct ts_error error = {0};
    bool done = false;
    // Commands with options and words of their own.
    if (argc > 1 && strcmp(argv[1], "validate") == 0) {
        int code = validate_run(argc - 1, argv + 1);
        return code < 0 ? print_usage() : code;
    }
    if (argc > 1 && strcmp(argv[1], "verify") == 0) {
        int code = redraw_run(argc - 1, argv + 1);
        return code < 0 ? print_usage() : code;
    }
    if (!read_arguments(argc, argv, &arguments))
        return print_usage();
    if (is_command(&arguments, "version", NULL))
        return puts(TOUCHSTONE_VERSION) < 0;
    if (is_command(&arguments, "config", NULL)) {
        config_print_defaults(stdout);
        return EXIT_DONE;
    }
    if (!config_read(arguments.config_path, &config, &error) || !default_state_directory(&config, &error)) {
        fprintf(stderr, "touchstoned: %s\n", error.detail);
        return EXIT_USAGE;
    }
    open_log(&config);
    if (!run_command(&arguments, &config, extra, &done, &error))
        return print_usage();
    if (!done)
        fprintf(stderr, "touchstoned: %s (%s)\n", error.detail, error.reason);
    return done ? EXIT_DONE : EXIT_FAILED;
}
