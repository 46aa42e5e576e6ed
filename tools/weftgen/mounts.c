/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/mounts.c: which tables hang where. A table that several rows nest is mounted several
 * times; one that nothing names is a root, for another file may name it.
 */
#include "model.h"

enum { NEST_MAX = 8 }; /* as WEFT_NEST_MAX */

static bool is_nested(const gen_unit *unit, const gen_table *table)
{
    for (size_t i = 0; i < unit->table_count; i++)
        for (size_t j = 0; j < unit->tables[i]->route_count; j++)
            if (unit->tables[i]->routes[j].nested == table)
                return true;
    return false;
}

static bool is_mounted(const gen_unit *unit, const gen_table *table)
{
    for (size_t i = 0; i < unit->mount_count; i++)
        if (unit->mounts[i]->table == table)
            return true;
    return false;
}

static gen_mount *mount(gen_unit *unit, gen_table *table)
{
    gen_mount *mount = gen_alloc(unit->arena, sizeof *mount);
    *mount = (gen_mount){.table = table, .prefix = "", .again = is_mounted(unit, table)};
    GEN_PUSH(unit->arena, unit->mounts, unit->mount_count, mount);
    return mount;
}

/* A router's tables are one root: a table without a name that merges them. */
static void mount_router(gen_unit *unit, const gen_router *router)
{
    gen_table *whole = gen_alloc(unit->arena, sizeof *whole);
    *whole = (gen_table){.name = router->name, .place = router->place};
    for (size_t i = 0; i < router->table_count; i++) {
        gen_route row = {.kind = GEN_ROW_TABLE,
                         .method = "*",
                         .path = "",
                         .nested = router->tables[i],
                         .nested_name = router->tables[i]->name,
                         .place = router->place};
        GEN_PUSH(unit->arena, whole->routes, whole->route_count, row);
    }
    gen_mount *root = mount(unit, whole);
    root->root = root;
    root->router = router;
}

static size_t depth_of(const gen_mount *mount)
{
    size_t depth = 0;
    for (; mount->outer != NULL; mount = mount->outer)
        depth++;
    return depth;
}

const char *gen_whole_path(weft_arena *arena, const gen_mount *mount, const gen_route *route)
{
    bool itself = strcmp(route->path, "/") == 0 && mount->prefix[0] != '\0';
    return itself ? mount->prefix : gen_format(arena, "%s%s", mount->prefix, route->path);
}

static void mount_nested(gen_unit *unit, const gen_mount *outer)
{
    for (size_t i = 0; i < outer->table->route_count; i++) {
        const gen_route *row = &outer->table->routes[i];
        if (row->nested == NULL)
            continue;
        if (depth_of(outer) > NEST_MAX) {
            gen_report(GEN_ERROR, &row->place, "more than %d tables within tables", NEST_MAX);
            return;
        }
        gen_mount *inner = mount(unit, row->nested);
        inner->prefix = gen_whole_path(unit->arena, outer, row);
        inner->nest = row;
        inner->outer = outer;
        inner->root = outer->root;
        inner->router = outer->router;
    }
}

void gen_mount_tables(gen_unit *unit)
{
    for (size_t i = 0; i < unit->router_count; i++)
        mount_router(unit, unit->routers[i]);
    for (size_t i = 0; i < unit->mount_count; i++)
        mount_nested(unit, unit->mounts[i]);
    for (size_t i = 0; i < unit->table_count; i++) {
        if (is_mounted(unit, unit->tables[i]) || is_nested(unit, unit->tables[i]))
            continue;
        size_t next = unit->mount_count;
        gen_mount *root = mount(unit, unit->tables[i]);
        root->root = root;
        for (; next < unit->mount_count; next++)
            mount_nested(unit, unit->mounts[next]);
    }
}
