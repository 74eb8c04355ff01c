// SPDX-License-Identifier: Apache-2.0
// The sections of an original record, in their order. A section without anything to say takes no room.
#pragma once

#include "render/flow.h"
#include "render/photo.h"

// A picture of the record, and what stands below it.
struct original_picture {
    struct photo photo;
    const char *caption, *sha256;
    bool is_photo; // of the item
};

void original_section_front(struct flow *flow);
void original_section_means(struct flow *flow);
void original_section_findings(struct flow *flow);
void original_section_calculation(struct flow *flow);
void original_section_judgement(struct flow *flow);
void original_section_controls(struct flow *flow);
void original_section_holds(struct flow *flow);
void original_section_course(struct flow *flow);
void original_section_retests(struct flow *flow);
void original_section_signatures(struct flow *flow);
void original_section_files(struct flow *flow);
void original_section_pictures(struct flow *flow, const struct original_picture *pictures, size_t count);
void original_section_texts(struct flow *flow);
void original_section_end(struct flow *flow);

// The form as every page names it; plain words when there is none.
const char *original_form(struct record *record);
