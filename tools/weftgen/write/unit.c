/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/unit.c: the frame of the generated file: the glue's declarations, the user's file,
 * what completes it.
 */
#include "write/write.h"

#include <stdlib.h>

static const char opening[] =
    "/* Written by weftgen from %s: do not edit.\n"
    " * Compiled in its place: it includes the file and completes what is declared there. */\n"
    "#define WEFT_GENERATED 1\n"
    "#include <weft/codec.h>\n"
    "#include <weft/glue.h>\n"
    "\n";

/* WEFT_MESSAGE_READ(T, ..) names T__decode_json. */
static void write_message_declarations(gen_text *out, const gen_unit *unit)
{
    bool any = false;
    for (size_t i = 0; i < unit->record_count; i++) {
        const char *name = unit->records[i]->spelling;
        if (!(unit->records[i]->derives & GEN_MESSAGE))
            continue;
        weft_buffer_printf(out,
                           "static weft_json_decode_fn %s__decode_json __attribute__((unused));\n"
                           "static weft_json_encode_fn %s__encode_json __attribute__((unused));\n",
                           name, name);
        any = true;
    }
    weft_buffer_printf(out, any ? "\n" : "");
}

/* GET(path, handler) names <handler>__call: the compiler, not a table, ties routes to glue. */
static void write_declarations(gen_text *out, const gen_unit *unit)
{
    size_t count;
    const gen_function **handlers = gen_handlers(unit, &count);
    for (size_t i = 0; i < count; i++)
        weft_buffer_printf(out, "static weft_call_fn %s__call;\n", handlers[i]->name);
    weft_buffer_printf(out, count != 0 ? "\n" : "");
    write_message_declarations(out, unit);
}

/* The user's file by its absolute name: the unit stands in the build folder. What follows may use a
 * name that the file gave to something else. */
static void write_include(gen_text *out, const gen_unit *unit)
{
    char *path = realpath(unit->file, NULL);
    weft_buffer_printf(out,
                       "#include \"%s\"\n\n"
                       "#pragma GCC diagnostic ignored \"-Wshadow\"\n",
                       path ? path : unit->file);
    free(path);
}

void gen_write_unit(gen_text *out, const gen_unit *unit)
{
    const char *slash = strrchr(unit->file, '/');
    weft_buffer_printf(out, opening, slash ? slash + 1 : unit->file);
    write_declarations(out, unit);
    write_include(out, unit);
    gen_write_codecs(out, unit);
    gen_write_statements(out, unit);
    gen_write_handlers(out, unit);
}
