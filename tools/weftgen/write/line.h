/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/line.h: lists that stay inside the page.
 */
#ifndef WEFTGEN_LINE_H
#define WEFTGEN_LINE_H

#include "model.h"

/* Appends one item of a list, with the comma before it unless it is the first; breaks the line when
 * the item would stand out. */
void line_add(gen_text *out, bool first, const char *item);

#endif
