// SPDX-License-Identifier: Apache-2.0
// The manual's chapters that belong to no single command.
#pragma once

#include "command/topic.h"

extern const struct topic topics_all[];
