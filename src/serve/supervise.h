/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/supervise.h: a supervisor and the processes that serve under it. The supervisor is a
 * process of its own that has never been in main: it holds the listening socket and starts the
 * program again when a child has ended, or says that it had better.
 *
 * What they say to each other goes over a socket pair, a message each; the child knows its end, and
 * the listening socket once there is one, from the environment (WEFT_SUPERVISED). A child says
 * that it listens, with the socket, when the supervisor has none yet; that it serves; that it has
 * crashed. The supervisor says one thing: that another child serves, and this one is relieved.
 */
#ifndef WEFT_SERVE_SUPERVISE_H
#define WEFT_SERVE_SUPERVISE_H

#include <weft/serve.h>

typedef enum weft__word {
    WEFT__WORD_LISTENS = 'L', /* and here is the socket */
    WEFT__WORD_SERVES = 'S',  /* and how long it takes at most to end when relieved */
    WEFT__WORD_CRASHED = 'C',
    WEFT__WORD_RELIEVED = 'R', /* the supervisor's */
} weft__word;

typedef struct weft__message {
    int64_t patience; /* nanoseconds */
    char word;
} weft__message;

/* ---- in a child ------------------------------------------------------------------------------ */

int weft__supervised_wire(void);     /* the child's end; -1: nobody supervises this process */
int weft__supervised_listener(void); /* the supervisor's listening socket, or -1 */

void weft__supervised_say(weft__word word);
void weft__supervised_say_serves(int64_t patience);
void weft__supervised_say_listens(int fd);
bool weft__supervised_is_relieved(void); /* reads the supervisor's message */

/* Ends the process at once with WEFT_EXIT_CRASHED; `text` goes to standard error. */
_Noreturn void weft__supervised_end(const char *text);

/* Makes this process the supervisor of `processes` children, by starting the program again. Returns
 * only when that is not possible. */
void weft__supervise_instead(unsigned processes);

/* ---- in the supervisor ----------------------------------------------------------------------- */

/* Never returns. */
_Noreturn void weft__supervisor_run(unsigned processes, char **arguments);

#endif
