// SPDX-License-Identifier: Apache-2.0
// Texts of `touchstone help TOPIC`, which are chapters of the manual page too.
#include "table/topics.h"

#include <stddef.h>

static const char exit_codes[] = "  0    done\n"
                                 "  1    failed; verify: the file is refused\n"
                                 "  2    usage: the command line, the configuration or a value is wrong;\n"
                                 "       nothing was changed\n"
                                 "  3    not found\n"
                                 "  4    no trust in the server (TLS), or not logged in\n"
                                 "  5    denied: your roles do not allow it\n"
                                 "  6    conflict: somebody changed it in the meantime, or its state does\n"
                                 "       not allow it; a session or a quota that is full, too\n"
                                 "  7    unavailable: nothing was done, repeating is safe\n"
                                 "  8    queued offline: saved here, not yet booked; touchstone journal\n"
                                 "       replay books it\n"
                                 "  9    outcome unknown: sent, and no answer came; repeat with the\n"
                                 "       request id that is told\n"
                                 "  130  interrupted\n";

static const char json[] = "With --json a command writes the server's whole answer as one JSON\n"
                           "object on one line. The names are those of the API (proto/touchstone/v1)\n"
                           "and stay as they are:\n"
                           "  - Fields that are empty, zero or false are left out; so are messages\n"
                           "    that are absent.\n"
                           "  - Decimals are strings with every digit that was typed: \"750.0\" is not\n"
                           "    \"750\".\n"
                           "  - Enum values are words without their prefix: \"in_progress\".\n"
                           "  - Instants are RFC 3339 in UTC: \"2026-11-24T00:31:14.123456Z\"; dates\n"
                           "    \"2026-11-24\".\n"
                           "  - Whole numbers are JSON numbers; bytes are base64.\n"
                           "With --all the rows of all pages stand in one list. `intake register\n"
                           "--file` reads the same form. `profile list`, `version` and `verify`\n"
                           "write JSON too. --field PATH writes the values of one field instead, a\n"
                           "line each.\n";

static const char output[] = "On a terminal lists are aligned tables with headings and local times;\n"
                             "what is too wide for it is cut with an ellipsis, identifiers last. Piped\n"
                             "or redirected they are whole, one line per row, cells separated by one\n"
                             "tab, without headings and with RFC 3339 times; single objects are lines\n"
                             "of field, tab, value. Control characters from the server are shown as\n"
                             "escapes, never sent to the terminal. NO_COLOR turns the bold headings\n"
                             "off. Data go to standard output; everything said to a person goes to\n"
                             "standard error.\n";

static const char environment[] = "  TOUCHSTONE_PROFILE     profile to use\n"
                                  "  TOUCHSTONE_SERVER      host:port\n"
                                  "  TOUCHSTONE_CA          PEM file of the authorities to trust for the\n"
                                  "                         server\n"
                                  "  TOUCHSTONE_DESK        desk to log in at\n"
                                  "  TOUCHSTONE_LABORATORY  laboratory meant when none is given\n"
                                  "  TOUCHSTONE_PRINTER     printer for labels and slips\n"
                                  "  TOUCHSTONE_PAPER       printer of CUPS for receipts and agreements\n"
                                  "  NO_COLOR               no bold, no colours\n"
                                  "  COLUMNS                width of tables; without it the terminal's\n"
                                  "  LANG, LC_ALL           zh_* shows summaries in Chinese\n"
                                  "Flags come before these variables, these before the configuration file.\n";

static const char files[] = "  $XDG_CONFIG_HOME/touchstone/config\n"
                            "    profiles (else ~/.config/touchstone/config):\n"
                            "      current = desk1\n"
                            "      [profile desk1]\n"
                            "      server = lims.example:7443\n"
                            "      ca = /etc/touchstone/ca.pem\n"
                            "      desk = D1\n"
                            "      laboratory = JEW\n"
                            "  $XDG_STATE_HOME/touchstone/NAME.session\n"
                            "    the session of a profile, mode 0600 (else ~/.local/state/touchstone)\n"
                            "Passwords are kept nowhere: they are asked, or read from a file that\n"
                            "--password-file names. A session is sent only to the server that gave\n"
                            "it.\n";

static const char retries[] = "Every write carries a request id. The server keeps it for 30 days with\n"
                              "its answer, so that the same write sent twice is done once. The client\n"
                              "repeats by itself, with the same id, when no answer came or the server\n"
                              "was unavailable, and says so. When that does not help it ends with exit\n"
                              "code 9 and tells the request id (and the version it used): the same\n"
                              "command with --request-id and --version finishes it, whether or not it\n"
                              "was done before. A write names the row version it saw. Without --version\n"
                              "the client reads it just before; when somebody else was faster the\n"
                              "server refuses, exit code 6, and tells both values.\n";

const struct topic topics_all[] = {
    {"exit-codes", "Exit codes", exit_codes},
    {"output", "What output looks like", output},
    {"json", "JSON output", json},
    {"environment", "Environment variables", environment},
    {"files", "Files", files},
    {"retries", "Writes, retries and versions", retries},
    {NULL, NULL, NULL},
};
