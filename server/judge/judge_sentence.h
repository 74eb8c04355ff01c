// SPDX-License-Identifier: Apache-2.0
// The plain sentences of a judgement, one per reason and language. Internal to the folder.
#pragma once

struct judge_input;
struct judge_numbers;
struct judge_result;

// Writes sentence_zh and sentence_en; everything else of the result is already there.
void judge_sentence_write(const struct judge_input *input, const struct judge_numbers *numbers,
                          struct judge_result *result);
