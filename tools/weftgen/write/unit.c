/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/unit.c: the frame of the generated file.
 */
#include "model.h"

#include <stdlib.h>

static const char opening[] =
    "/* Written by weftgen from %s: do not edit.\n"
    " * Compile this file in its place; it completes what is declared there. */\n"
    "#define WEFT_GENERATED 1\n"
    "#include <weft/glue.h>\n"
    "\n";

/* The user's file by its absolute name: the unit stands in the build folder. */
static void write_include(gen_text *out, const gen_unit *unit)
{
    char *path = realpath(unit->file, NULL);
    weft_buffer_printf(out, "#include \"%s\"\n", path ? path : unit->file);
    free(path);
}

void gen_write_unit(gen_text *out, const gen_unit *unit)
{
    const char *slash = strrchr(unit->file, '/');
    weft_buffer_printf(out, opening, slash ? slash + 1 : unit->file);
    write_include(out, unit);
}
