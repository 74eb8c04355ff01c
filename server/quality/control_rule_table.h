// SPDX-License-Identifier: Apache-2.0
// The rows of migrations/catalogue/control_rules.csv as they were when the program was built, so that
// `touchstoned validate` needs no database; the daemon takes the rows that are in force from the catalogue.
// Written by migrations/embed_control_rules.py; for validate.
#pragma once

#include "quality/control_rules.h"

#include <stddef.h>

extern const struct control_rule_row control_rule_table[];
extern const size_t control_rule_table_count;
