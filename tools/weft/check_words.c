/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/check_words.c: what clang says of capabilities, said of handles: what is wrong with which
 * handle in which function, and what to do. Clang knows neither why a handle is not open nor what
 * kind it is where it calls it a mutex; both are read from the text of the function.
 */
#include "check.h"

#include <ctype.h>

#include "list.h"

/* ---- kinds of handles ------------------------------------------------------------------------ */

typedef struct kind {
    const char *name;  /* as in WEFT_OWNED */
    const char *state; /* what it is until it ends */
    const char *past;  /* what it is then */
    const char *remedy;
} kind;

static const kind kinds[] = {
    {"handle", "open", "closed", "close it"},
    {"lock", "locked", "unlocked", "unlock it"},
    {"transaction", "open", "ended", "commit it or roll it back"},
    {"cursor", "open", "closed", "close it with cursor_close"},
    {"advisory lock", "locked", "unlocked", "unlock it with weft_advisory_unlock"},
    {"copy", "open", "ended", "end it with weft_copy_end or weft_copy_abort"},
    {"subscription", "open", "closed", "close it with weft_subscription_close"},
    {"file", "open", "closed", "close it with weft_file_close"},
    {"stream", "open", "closed", "close it with weft_stream_close"},
    {"listener", "open", "closed", "close it with weft_listener_close"},
    {"datagram", "open", "closed", "close it with weft_datagram_close"},
    {"signal", "open", "closed", "close it with weft_signal_close"},
    {"process", "open", "closed", "close it with weft_process_close"},
    {"fiber", "not joined", "joined", "join it with weft_fiber_join"},
    {"scope", "entered", "left", "leave it with scope_leave"},
    {"form", "open", "closed", "close it with multipart_close"},
};

/* The functions that open them, without "weft_". */
static const struct opener {
    const char *name, *kind;
} openers[] = {
    {"mutex_lock", "lock"},
    {"mutex_try_lock", "lock"},
    {"rwlock_lock_read", "lock"},
    {"rwlock_lock_write", "lock"},
    {"rwlock_try_lock_read", "lock"},
    {"rwlock_try_lock_write", "lock"},
    {"transaction_begin", "transaction"},
    {"advisory_lock", "advisory lock"},
    {"advisory_try_lock", "advisory lock"},
    {"copy_begin", "copy"},
    {"subscribe", "subscription"},
    {"file_open", "file"},
    {"stream_connect", "stream"},
    {"listener_accept", "stream"},
    {"pipe_open", "stream"},
    {"listener_open", "listener"},
    {"datagram_open", "datagram"},
    {"signal_open", "signal"},
    {"process_spawn", "process"},
    {"fiber_spawn", "fiber"},
    {"fiber_spawn_on", "fiber"},
    {"scope_enter", "scope"},
    {"multipart_open", "form"},
};

static const kind *kind_named(const char *name)
{
    for (size_t i = 1; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return &kinds[0];
}

static size_t name_length(const char *at)
{
    size_t len = 0;
    while (isalnum((unsigned char)at[len]) || at[len] == '_')
        len++;
    return len;
}

/* The kind that the call at a place opens. */
static const kind *kind_opened(check_place place)
{
    const char *line = place.file != NULL ? check_line(place.file, place.line) : NULL;
    if (line == NULL || strlen(line) < place.column)
        return &kinds[0];
    const char *name = line + place.column - 1;
    name += strncmp(name, "weft_", 5) == 0 ? 5 : 0;
    name += *name == '_';
    for (size_t i = 0; i < sizeof openers / sizeof openers[0]; i++)
        if (strlen(openers[i].name) == name_length(name) &&
            strncmp(name, openers[i].name, name_length(name)) == 0)
            return kind_named(openers[i].kind);
    return &kinds[0];
}

/* ---- what clang says ------------------------------------------------------------------------- */

enum { CAUGHT_MAX = 3 };

typedef struct caught {
    const char *text[CAUGHT_MAX]; /* what stands for the $, in their order */
    unsigned count;
} caught;

/* Whether a text is `pattern`, in which $ stands for what lies before the quote that follows. */
static bool match(const char *text, const char *pattern, caught *out)
{
    *out = (caught){0};
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '$') {
            if (*pattern != *text++)
                return false;
            continue;
        }
        size_t len = strcspn(text, "'");
        if (pattern[1] == ' ' && len != 0) /* the blank before the quote is the pattern's */
            len--;
        if (out->count < CAUGHT_MAX)
            out->text[out->count++] = keep(text, len);
        text += len;
    }
    return *text == '\0';
}

/* ---- what the text around it says ------------------------------------------------------------ */

/* Whether `word` stands in `text` by itself; returns where. */
static const char *find_word(const char *text, const char *word)
{
    size_t len = strlen(word);
    const char *at = text;
    for (; (at = strstr(at, word)) != NULL; at++)
        if ((at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '_')) &&
            name_length(at + len) == 0)
            return at;
    return NULL;
}

/* The handle is what the function was given, or a part of it. */
static bool was_given(const check_function *function, const char *handle)
{
    size_t len = name_length(handle);
    return function->name != NULL && len != 0 &&
           find_word(function->parameters, keep(handle, len)) != NULL;
}

/* It is declared as CURSOR(T): the user's own function opens it. */
static bool is_cursor(const check_function *function, const char *handle)
{
    size_t len = strlen(handle);
    const char *at = function->body;
    while (at != NULL && (at = strstr(at, "CURSOR(")) != NULL) {
        at += strcspn(at, ")");
        at += strspn(at, ") *");
        if (strncmp(at, handle, len) == 0 && name_length(at + len) == 0)
            return true;
    }
    return false;
}

static bool closes(const char *call, size_t len)
{
    const char *const verbs[] = {"close", "commit", "rollback", "unlock", "join",
                                 "leave", "end",    "abort",    "finish", "destroy",
                                 "drop",  "send",   "GIVES",    "release"};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        size_t verb = strlen(verbs[i]);
        if (len >= verb && strncmp(call + len - verb, verbs[i], verb) == 0 &&
            (len == verb || call[len - verb - 1] == '_'))
            return true;
    }
    return false;
}

/* A call at `at` that ends the handle, or a record that it is in: its first argument. */
static bool ends(const char *at, const char *handle)
{
    size_t len = name_length(at), whole = strlen(handle), root = name_length(handle);
    const char *argument = at + len + 1;
    if (len == 0 || at[len] != '(' || !closes(at, len))
        return false;
    argument += *argument == '&';
    return (strncmp(argument, handle, whole) == 0 && name_length(argument + whole) == 0) ||
           (root < whole && strncmp(argument, handle, root) == 0 && argument[root] == ')');
}

/* The statement at `at` is what happens otherwise: `else` follows. */
static bool is_other_way(const char *at)
{
    at += strcspn(at, ";");
    at += strspn(at, "; \t\r\n}");
    return strncmp(at, "else", 4) == 0;
}

/* The last call before the place that ends the handle; line 0: there is none. */
static check_place find_closing(const check_function *function, const char *handle,
                                const char *file)
{
    check_place found = {.file = file};
    unsigned line = function->line;
    const char *start = function->body;
    for (const char *at = function->body; at != NULL && *at != '\0'; at++) {
        if (*at == '\n') {
            line++;
            start = at + 1;
        }
        size_t len = name_length(at);
        if (ends(at, handle) && !is_other_way(at) && start != function->body) {
            found.line = line;
            found.column = (unsigned)(at - start) + 1;
        }
        at += len != 0 ? len - 1 : 0;
    }
    return found;
}

/* ---- what it means --------------------------------------------------------------------------- */

/* A finding under way. */
typedef struct saying {
    check_finding finding;
    const check_remark *note; /* clang's, or NULL */
    check_function function;  /* around the place */
    const kind *kind;
    const char *callee; /* that clang names, or NULL */
} saying;

static void point_note(saying *s, const char *text, check_place place)
{
    s->finding.note = text;
    s->finding.note_place = place;
}

/* The prototype says that it comes back closed, or the body that it is open. */
static void say_unkept(saying *s)
{
    check_finding *f = &s->finding;
    f->rule = "not-said";
    f->message = compose("`%s` says that it closes `%s`, which is still %s when it returns",
                         f->function, f->handle, s->kind->state);
}

static void say_leak(saying *s)
{
    check_finding *f = &s->finding;
    check_place end = f->place, start = s->note != NULL ? s->note->place : end;
    if (strcmp(start.file, end.file) != 0 || start.line < s->function.line) {
        say_unkept(s);
        return;
    }
    const char *line = check_line(end.file, end.line);
    s->kind = is_cursor(&s->function, f->handle) ? kind_named("cursor") : kind_opened(start);
    f->rule = "leak";
    if (line == NULL || line[0] != '}') {
        f->message = compose("`%s` is %s on one way to here and %s on another", f->handle,
                             s->kind->state, s->kind->past);
        if (s->note != NULL)
            point_note(s, s->kind->remedy, start);
        return;
    }
    f->place = start;
    f->message = compose("`%s` is still %s when `%s` returns: %s", f->handle, s->kind->state,
                         f->function, s->kind->remedy);
    if (s->note != NULL)
        point_note(s, "not on every way to here", end);
}

static const char *without(const char *name, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(name, prefix, len) == 0 ? name + len : name;
}

/* It may not block here. */
static void say_blocks(saying *s)
{
    check_finding *f = &s->finding;
    const char *callee = without(s->callee, "weft__blocking_");
    f->rule = "blocks";
    f->message = strcmp(f->function, "main") == 0
                     ? compose(
                           "`%s` blocks its thread: while `main` serves nobody yet it may, once "
                           "plain_thread() has said so",
                           callee)
                     : compose("`%s` blocks its thread, and with it every fiber of the worker: "
                               "call it through blocking_run, or say that `%s` blocks, too: BLOCKS",
                               callee, f->function);
}

static void say_needs(saying *s)
{
    check_finding *f = &s->finding;
    check_place closed = find_closing(&s->function, f->handle, f->place.file);
    if (strcmp(f->handle, "weft_may_block") == 0) {
        say_blocks(s);
    } else if (closed.line != 0) {
        f->rule = "used-after-close";
        f->message = compose(strcmp(s->kind->name, "lock") == 0
                                 ? "what `%s` guards is used after it was %s"
                                 : "`%s` is used after it was %s",
                             f->handle, s->kind->past);
        point_note(s, compose("%s here", s->kind->past), closed);
    } else if (strcmp(s->callee, "weft__locked") == 0) {
        f->rule = "not-locked";
        f->message = compose("`%s` is not locked here", f->handle);
    } else if (strcmp(s->callee, "weft__uses") == 0) {
        f->rule = "not-open";
        f->message = compose("`%s` may not be open here: look at what opening it answered; the "
                             "prototype of what opens a cursor says TRY_OPENS(rows)",
                             f->handle);
    } else if (was_given(&s->function, f->handle)) {
        f->rule = "not-said";
        f->message = compose("`%s` needs `%s` to be %s, and `%s` does not say that it is: write "
                             "USES(%s) behind its prototype",
                             s->callee, f->handle, s->kind->state, f->function, f->handle);
    } else {
        f->rule = "not-open";
        f->message = compose("`%s` needs `%s` to be %s, and here it may not be: it was given away, "
                             "or nobody has looked at what opening it answered",
                             s->callee, f->handle, s->kind->state);
    }
}

static void say_not_held(saying *s)
{
    check_finding *f = &s->finding;
    if (s->note != NULL) {
        f->rule = "closed-twice";
        f->message = compose("`%s` is %s twice", f->handle, s->kind->past);
        point_note(s, "the first time here", s->note->place);
    } else if (was_given(&s->function, f->handle)) {
        f->rule = "not-said";
        f->message = compose("`%s` comes back %s from `%s`, which does not say so: write "
                             "CLOSES(%s) behind its prototype, or leave it to the caller",
                             f->handle, s->kind->past, f->function, f->handle);
    } else {
        f->rule = "not-open";
        f->message = compose("`%s` is %s where it is not %s", f->handle, s->kind->past,
                             s->kind->state);
    }
}

static void say_again(saying *s)
{
    s->finding.rule = "opened-twice";
    s->kind = kind_opened(s->finding.place);
    s->finding.message =
        strcmp(s->kind->name, "lock") == 0
            ? compose("`%s` is locked already: who locks it again waits for itself",
                      s->finding.handle)
            : compose("`%s` is opened again while it is %s", s->finding.handle, s->kind->state);
    if (s->note != NULL)
        point_note(s, "since here", s->note->place);
}

/* What weft__end_of, and other names for parts of a handle, are given. */
static const char *unwrapped(const char *handle)
{
    size_t len = strlen(handle), open;
    while (strncmp(handle, "weft__", 6) == 0 && (open = strcspn(handle, "(")) < len) {
        handle = keep(handle + open + 1, len - open - 2);
        len -= open + 2;
    }
    return handle;
}

static void say_ended(saying *s)
{
    check_finding *f = &s->finding;
    bool twice = closes(s->callee, strlen(s->callee));
    f->handle = unwrapped(f->handle);
    f->rule = twice ? "closed-twice" : "used-after-close";
    f->message = compose(twice ? "`%s` is let go of twice" : "`%s` is used after its end",
                         f->handle);
    check_place ended = find_closing(&s->function, f->handle, f->place.file);
    if (ended.line != 0)
        point_note(s, "it ended here", ended);
}

static void say_loop(saying *s)
{
    s->finding.rule = "leak";
    s->finding.message = compose("`%s` is not the same at the end of the loop as at its beginning: "
                                 "open and close it within, or without",
                                 s->finding.handle);
    if (s->note != NULL)
        point_note(s, "opened here", s->note->place);
}

static void say_broken_promise(saying *s)
{
    s->finding.rule = "not-said";
    s->finding.message = compose("`%s` says that `%s` is open when it returns, and it is not",
                                 s->finding.function, s->finding.handle);
}

static void say_shared(saying *s)
{
    s->finding.rule = "lock-kind";
    s->finding.message = compose(
        "`%s` is held for reading only: what changes it wants it for writing", s->finding.handle);
}

static void say_shortcut(saying *s)
{
    s->finding.rule = "not-locked";
    s->finding.handle = NULL;
    s->finding.message = "the value behind a lock is reached by `locked` alone, which sees to it "
                         "that the lock is held";
}

/* The call is what stands at the place; within a macro of the user's it is not. */
static void say_ignored(saying *s)
{
    check_finding *f = &s->finding;
    const char *line = f->place.file != NULL ? check_line(f->place.file, f->place.line) : NULL;
    size_t len = 0;
    if (line != NULL && strlen(line) >= f->place.column)
        len = name_length(line + f->place.column - 1);
    f->rule = "ignored-result";
    f->handle = NULL;
    f->message = compose("nobody looks at what %s answers: hand it on with TRY(..) or return, or "
                         "act on it",
                         len == 0 ? "this call"
                                  : compose("`%s`", keep(line + f->place.column - 1, len)));
}

/* A call of weft/blocking.h, whose words say what it does and what to use. */
static void say_blocking(saying *s)
{
    const char *text = s->finding.handle;
    size_t len = name_length(text);
    s->finding.rule = "blocks";
    s->finding.handle = NULL;
    s->finding.message = compose("`%s`%s", keep(text, len), text + len);
}

static const struct meaning {
    const char *pattern; /* the $: [callee,] kind, handle; or kind, handle */
    void (*say)(saying *s);
} meanings[] = {
    {"calling function '$' requires holding $ '$' exclusively", say_needs},
    {"calling function '$' requires holding $ '$'", say_needs},
    {"releasing $ '$' that was not held", say_not_held},
    {"$ '$' is still held at the end of function", say_leak},
    {"$ '$' is not held on every path through here", say_leak},
    {"acquiring $ '$' that is already held", say_again},
    {"cannot call function '$' while $ '$' is held", say_ended},
    {"expecting $ '$' to be held at start of each loop", say_loop},
    {"expecting $ '$' to be held at the end of function", say_broken_promise},
    {"no member named 'guarded__' in '$'", say_shortcut},
    {"ignoring return value of function declared with '$' attribute", say_ignored},
    {"'$' is unavailable: $", say_blocking},
    {"releasing $ '$' using shared access, expected exclusive access", say_shared},
    {"releasing $ '$' using exclusive access, expected shared access", say_shared},
};

check_finding check_translate(const check_remark *remark, const check_remark *note)
{
    saying s = {.finding = {.rule = remark->group != NULL ? remark->group : "error",
                            .message = remark->text,
                            .place = remark->place},
                .note = note};
    caught names;
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (!match(remark->text, meanings[i].pattern, &names))
            continue;
        s.function = check_function_at(remark->place);
        s.callee = names.count == CAUGHT_MAX ? names.text[0] : NULL;
        s.kind = kind_named(names.count > 1 ? names.text[names.count - 2] : "");
        s.finding.handle = names.text[names.count - 1];
        s.finding.function = s.function.name != NULL ? s.function.name : "this function";
        meanings[i].say(&s);
        return s.finding;
    }
    if (note != NULL)
        point_note(&s, note->text, note->place);
    return s.finding;
}

bool check_says_same(const check_finding *said, const check_finding *next)
{
    if (said->place.line != next->place.line || strcmp(said->place.file, next->place.file) != 0)
        return false;
    if (said->handle != NULL && next->handle != NULL && strcmp(said->handle, next->handle) == 0 &&
        strcmp(said->rule, "leak") == 0 && strcmp(next->rule, "not-open") == 0)
        return true;
    return said->place.column == next->place.column && strcmp(said->message, next->message) == 0;
}
