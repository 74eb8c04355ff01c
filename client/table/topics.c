// SPDX-License-Identifier: Apache-2.0
// Texts of `touchstone help TOPIC`, which are chapters of the manual page too.
#include "table/topics.h"

#include <stddef.h>

static const char exit_codes[] =
    "  0    done\n"
    "  1    failed; verify: the file is refused\n"
    "  2    usage: the command line, the configuration or a value is wrong; nothing was changed\n"
    "  3    not found\n"
    "  4    no trust in the server (TLS), or not logged in\n"
    "  5    denied: your roles do not allow it\n"
    "  6    conflict: somebody changed it in the meantime, or its state does not allow it\n"
    "  7    unavailable: nothing was done, repeating is safe\n"
    "  9    outcome unknown: sent, and no answer came; repeat with the request id that is told\n"
    "  130  interrupted\n";

static const char json[] =
    "With --json a command writes the server's whole answer as one JSON object on one line. The names\n"
    "are those of the API (proto/touchstone/v1) and stay as they are:\n"
    "  - Fields that are empty, zero or false are left out; so are messages that are absent.\n"
    "  - Decimals are strings with every digit that was typed: \"750.0\" is not \"750\".\n"
    "  - Enum values are words without their prefix: \"in_progress\".\n"
    "  - Instants are RFC 3339 in UTC: \"2026-11-24T00:31:14.123456Z\"; dates \"2026-11-24\".\n"
    "  - Whole numbers are JSON numbers; bytes are base64.\n"
    "With --all the rows of all pages stand in one list. `intake register --file` reads the same form.\n"
    "`profile list`, `version` and `verify` write JSON too.\n"
    "--field PATH writes the values of one field instead, a line each.\n";

static const char output[] =
    "On a terminal lists are aligned tables with headings and local times; what is too wide for it is cut\n"
    "with an ellipsis, identifiers last. Piped or redirected they are whole, one line per row, cells "
    "separated by one tab, without headings and with RFC 3339 times; single\n"
    "objects are lines of field, tab, value. Control characters from the server are shown as escapes,\n"
    "never sent to the terminal. NO_COLOR turns the bold headings off.\n"
    "Data go to standard output; everything said to a person goes to standard error.\n";

static const char environment[] =
    "  TOUCHSTONE_PROFILE     profile to use\n"
    "  TOUCHSTONE_SERVER      host:port\n"
    "  TOUCHSTONE_CA          PEM file of the authorities to trust for the server\n"
    "  TOUCHSTONE_DESK        desk to log in at\n"
    "  TOUCHSTONE_LABORATORY  laboratory meant when none is given\n"
    "  NO_COLOR               no bold, no colours\n"
    "  COLUMNS                width of tables; without it the terminal's\n"
    "  LANG, LC_ALL           zh_* shows summaries in Chinese\n"
    "Flags come before these variables, these before the configuration file.\n";

static const char files[] =
    "  $XDG_CONFIG_HOME/touchstone/config        profiles (else ~/.config/touchstone/config):\n"
    "      current = desk1\n"
    "      [profile desk1]\n"
    "      server = lims.example:7443\n"
    "      ca = /etc/touchstone/ca.pem\n"
    "      desk = D1\n"
    "      laboratory = JEW\n"
    "  $XDG_STATE_HOME/touchstone/NAME.session   the session of a profile, mode 0600\n"
    "                                            (else ~/.local/state/touchstone)\n"
    "Passwords are kept nowhere: they are asked, or read from a file that --password-file names.\n"
    "A session is sent only to the server that gave it.\n";

static const char retries[] =
    "Every write carries a request id. The server keeps it for 30 days with its answer, so that the same\n"
    "write sent twice is done once. The client repeats by itself, with the same id, when no answer came or\n"
    "the server was unavailable, and says so. When that does not help it ends with exit code 9 and tells\n"
    "the request id (and the version it used): the same command with --request-id and --version finishes\n"
    "it, whether or not it was done before.\n"
    "A write names the row version it saw. Without --version the client reads it just before; when\n"
    "somebody else was faster the server refuses, exit code 6, and tells both values.\n";

const struct topic topics_all[] = {
    {"exit-codes", "Exit codes", exit_codes},
    {"output", "What output looks like", output},
    {"json", "JSON output", json},
    {"environment", "Environment variables", environment},
    {"files", "Files", files},
    {"retries", "Writes, retries and versions", retries},
    {NULL, NULL, NULL},
};
