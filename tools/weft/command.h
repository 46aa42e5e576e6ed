/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/command.h: what a subcommand of the tool is. The table stands in main.c; help is made of it.
 */
#ifndef WEFT_TOOL_COMMAND_H
#define WEFT_TOOL_COMMAND_H

#include <weft/migrate.h>

#include <stdio.h>

/* What the process answers with. */
enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_SKIPPED = 77 /* what Meson and Automake take for a test that could not be run here */
};

#define DEFAULT_FOLDER "migrations"

typedef struct tool_arguments {
    const char *database; /* --database, or DATABASE_URL, or NULL */
    const char *folder;   /* --dir, or DEFAULT_FOLDER */
    const char *build;    /* --build, or NULL */
    const char *format;   /* --format, or NULL */
    const char *engine;   /* --engine, or NULL */
    const char *depfile;  /* --depfile, or NULL */
    const char *name;     /* what stands without a flag, or NULL */
} tool_arguments;

/* Options; combined with |. */
enum {
    TAKES_DATABASE = 1,
    TAKES_DIR = 2,
    TAKES_BUILD = 4,
    TAKES_FORMAT = 8,
    TAKES_ENGINE = 16,
    TAKES_DEPFILE = 32
};

typedef struct tool_command {
    const char *words; /* as typed after "weft", e.g. "migrate up" */
    const char
        *operand; /* the name of what follows, e.g. "NAME"; "[COUNT]" may be missing; or NULL */
    const char *summary; /* one line for people */
    unsigned takes;      /* options, of those below */
    int (*run)(const tool_arguments *given);
} tool_command;

extern const tool_command commands[];
extern const size_t command_count;

int run_check(const tool_arguments *given);
int run_help(const tool_arguments *given);
int run_version(const tool_arguments *given);
int run_db_down(const tool_arguments *given);
int run_db_status(const tool_arguments *given);
int run_db_up(const tool_arguments *given);
int run_migrate_down(const tool_arguments *given);
int run_migrate_embed(const tool_arguments *given);
int run_migrate_new(const tool_arguments *given);
int run_migrate_status(const tool_arguments *given);
int run_migrate_up(const tool_arguments *given);
int run_new(const tool_arguments *given);
int run_sql_check(const tool_arguments *given);
int run_sql_prepare(const tool_arguments *given);

/* Prints the commands whose words start with `words`. */
void print_commands(FILE *to, const char *words);

/* "weft: error: ..." on stderr; answers EXIT_FAILED. */
int fail(const char *format, ...) WEFT_PRINTF(1, 2);

/* The database that the arguments name, or NULL and why has been printed. */
weft_database *open_database(const tool_arguments *given);

#endif
