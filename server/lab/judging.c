// SPDX-License-Identifier: Apache-2.0
// Where the judgement engine meets the calls: previews in what the bench reads, the decision in what it
// submits. The database says what the requirement is and refuses a decision made on anything older.
#include "db/value.h"
#include "judge/judge.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"
#include "touchstone/internal/v1/judge.pb-c.h"
#include "touchstone/v1/bench.pb-c.h"
#include "wire/json_message.h"

#include <string.h>
