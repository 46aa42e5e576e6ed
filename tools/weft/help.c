/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/help.c: "weft help": the table of commands, for people.
 */
#include "command.h"

void print_commands(FILE *to, const char *words)
{
    for (size_t i = 0; i < command_count; i++) {
        const tool_command *c = &commands[i];
        if (strncmp(c->words, words, strlen(words)) != 0)
            continue;
        int width = fprintf(to, "  weft %s%s%s", c->words, c->operand ? " " : "",
                            c->operand ? c->operand : "");
        fprintf(to, "%*s%s\n", width < 28 ? 28 - width : 1, "", c->summary);
    }
}

int run_help(const tool_arguments *given)
{
    (void)given;
    puts("The command line tool of Weft, a REST API server framework in C.\n");
    print_commands(stdout, "");
    puts(
        "\n"
        "  --database URL   the database of \"migrate\", e.g. sqlite:users.db; without it the\n"
        "                   environment's DATABASE_URL\n"
        "  --dir DIR        the folder of the migrations; without it \"" DEFAULT_FOLDER "\"\n"
        "  --build DIR      where compile_commands.json is, for \"check\"; without it this\n"
        "                   folder or build\n"
        "  --format FORMAT  \"text\" or \"json\", for \"check\"\n"
        "  --engine ENGINE  the database of a \"new\" project, sqlite or postgres; without it "
        "sqlite\n"
        "  --depfile FILE   also write what was read, for make and ninja; for \"migrate embed\"\n\n"
        "It ends with 0 when all is well, 1 when it failed, 2 when it was not understood; "
        "\"check\"\n"
        "with 77, which test runners take for skipped, when there is no clang.");
    return EXIT_OK;
}
