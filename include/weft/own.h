/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/own.h: the words in which headers say who owns a handle. A handle is something that is
 * opened and has to be closed: a transaction, a file, a lock that is held. `weft check` has clang
 * follow each through every path of every function, and refuses what would leak it, use it after it
 * was closed, or close it twice. In a compilation they mean nothing, but for what gcc knows.
 *
 *     weft_error peer_open(struct peer *peer, const char *host) WEFT_TRY_OPENS(peer->stream);
 *     void peer_say(struct peer *peer, weft_str text) WEFT_USES(peer->stream);
 *     void peer_close(struct peer *peer) WEFT_CLOSES(peer->stream);
 *
 * They stand behind a prototype and name handles by its parameters: `tx`, `peer->stream`, `*out`.
 * `&` and `*` in front make no difference: a handle is called like whatever points to it.
 */
#ifndef WEFT_OWN_H
#define WEFT_OWN_H

#if defined(WEFT_CHECK) && defined(__clang__)
#define WEFT__OWN(...) __attribute__((__VA_ARGS__))
#pragma clang diagnostic ignored "-Wthread-safety-attributes" /* any pointer may name a handle */
#else
#define WEFT__OWN(...)
#endif

/* ---- behind `struct` ------------------------------------------------------------------------- */

/* Values of the type are handles; `name` is for people: struct WEFT_OWNED("file") weft_file. */
#define WEFT_OWNED(name) WEFT__OWN(capability(name))

/* ---- behind a prototype ---------------------------------------------------------------------- */

/* It comes back open: always; if the answer is 0; if the answer is true. */
#define WEFT_OPENS(...)     WEFT__OWN(acquire_capability(__VA_ARGS__))
#define WEFT_TRY_OPENS(...) WEFT__OWN(try_acquire_capability(0, __VA_ARGS__))
#define WEFT_IF_OPENS(...)  WEFT__OWN(try_acquire_capability(1, __VA_ARGS__))

/* It is open, and stays so; it is open, and comes back closed. */
#define WEFT_USES(...)   WEFT__OWN(requires_capability(__VA_ARGS__))
#define WEFT_CLOSES(...) WEFT__OWN(release_capability(__VA_ARGS__))

/* `from` is closed, and what it was is now called `to`. */
#define WEFT_MOVES(from, to) WEFT_CLOSES(from) WEFT_OPENS(to)

/* For what several may hold as long as nobody changes it, such as a lock for reading. */
#define WEFT_TRY_OPENS_SHARED(...) WEFT__OWN(try_acquire_shared_capability(0, __VA_ARGS__))
#define WEFT_IF_OPENS_SHARED(...)  WEFT__OWN(try_acquire_shared_capability(1, __VA_ARGS__))
#define WEFT_SHARES(...)           WEFT__OWN(requires_shared_capability(__VA_ARGS__))
#define WEFT_CLOSES_EITHER(...)    WEFT__OWN(release_generic_capability(__VA_ARGS__))

/* For what is used from everywhere, so that nobody can be asked to prove that it is open, but ends
 * in one place: after WEFT_ENDS(channel) no WEFT_BEFORE_END(channel) may follow. */
#define WEFT_BEFORE_END(handle) WEFT__OWN(locks_excluded(weft__end_of(handle)))
#define WEFT_ENDS(handle)       WEFT_BEFORE_END(handle) WEFT__ENDED(handle)
#define WEFT__ENDED(handle)     WEFT__OWN(assert_capability(weft__end_of(handle)))

/* ---- as a statement -------------------------------------------------------------------------- */

/* Where a handle comes or goes by ways that no prototype can tell: through `void *`, a list, a
 * field. TAKES: from here on it is ours, to be closed. LENT: it is somebody's who keeps it open for
 * us. GIVES: from here on it is no longer ours. */
#if defined(WEFT_CHECK) && defined(__clang__)
#define WEFT_TAKES(handle)         weft__takes(handle)
#define WEFT_LENT(handle)          weft__lent(handle)
#define WEFT_GIVES(handle)         weft__gives(handle)
#define WEFT__WATCHED(how, handle) weft__##how(handle) /* for macros that take handles */
void weft__uses(const void *handle) WEFT_USES(handle);
void weft__takes(const void *handle) WEFT_OPENS(handle);
void weft__lent(const void *handle) WEFT__OWN(assert_capability(handle));
void weft__gives(const void *handle) WEFT_CLOSES(handle);
struct WEFT_OWNED("end") weft__end *weft__end_of(const void *handle);
#else
#define WEFT_TAKES(handle)         ((void)(handle))
#define WEFT_LENT(handle)          ((void)(handle))
#define WEFT_GIVES(handle)         ((void)(handle))
#define WEFT__WATCHED(how, handle) ((void)0)
#endif

/* ---- effects --------------------------------------------------------------------------------- */

/* That a function blocks its thread is a capability, too, which nobody holds on a worker: who calls
 * such a function is one, and says so. */
#define WEFT_BLOCKS WEFT_USES(weft_may_block)
#if defined(WEFT_CHECK) && defined(__clang__)
extern struct WEFT_OWNED("effect") weft__effect {
    char unused;
} weft_may_block; /* never defined */
#endif

/* ---- what gcc knows of it -------------------------------------------------------------------- */

/* What is returned is new, and goes by that function: gcc warns of use after it, of another one for
 * it, and with -fanalyzer of leaks. */
#if defined(__GNUC__) && !defined(__clang__)
#define WEFT_GOES_BY(function) __attribute__((__malloc__(function, 1)))
#else
#define WEFT_GOES_BY(function)
#endif

#endif
