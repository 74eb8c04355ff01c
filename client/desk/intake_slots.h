// SPDX-License-Identifier: Apache-2.0
// Which slots the forms of an intake have. Pure.
#pragma once

struct catalogue;
struct form;

void intake_slots_visitor(struct form *form, const char *name, const char *phone, int is_known);
void intake_slots_item(struct form *form, struct catalogue *catalogue, const char *laboratory);
void intake_slots_agreement(struct form *form, const char *laboratory);
