/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Chat: one room. Whoever is in it says and hears lines over a WebSocket; who only wants to know
 * how many are there listens to server-sent events. / is a page that does both.
 */
#include <stdio.h>
#include <weft/prelude.h>

#define LINE_LIMIT 500 /* bytes of a line */
#define LINES_KEPT 64  /* for who is slow; who is slower than that misses some */

typedef struct line {
    size_t len;
    char text[LINE_LIMIT];
} line;

typedef struct chat_room {
    broadcast *lines; /* of line */
    watch *count;     /* int: how many are here */
    mutex counting;
} chat_room;

DERIVE(state)
typedef struct app_state {
    chat_room *room;
} app_state;

/* ---- the room ---- */

static weft_error say(chat_room *room, str text)
{
    line said = {.len = text.len < LINE_LIMIT ? text.len : LINE_LIMIT};
    memcpy(said.text, text.at, said.len);
    return broadcast_send(room->lines, &said);
}

/* Somebody came (1) or left (-1). */
static weft_error count_people(chat_room *room, int change)
{
    int count;
    shield whatever_happens = shield_begin();
    weft_error error = mutex_lock(&room->counting, NEVER);
    shield_end(whatever_happens);
    TRY(error);
    watch_get(room->count, &count);
    count += change;
    error = watch_set(room->count, &count);
    mutex_unlock(&room->counting);
    return error;
}

/* ---- talking ---- */

typedef struct visitor {
    websocket *socket;
    broadcast_reader reader;
} visitor;

/* Tells a visitor what is said, until there is nobody to tell. */
static weft_error tell(void *arg)
{
    visitor *to = arg;
    for (;;) {
        line said;
        uint64_t lost;
        TRY(broadcast_receive(&to->reader, &said, &lost, NEVER));
        if (lost != 0)
            TRY(websocket_send_text(to->socket, STR("(you missed some lines)")));
        TRY(websocket_send_text(to->socket, (str){said.text, said.len}));
    }
}

/* Says what a visitor sends, until it leaves. */
static weft_error listen_to(websocket *socket, chat_room *room)
{
    websocket_message message;
    for (;;) {
        TRY(websocket_receive(socket, &message, NEVER));
        if (message.kind == WEBSOCKET_TEXT)
            TRY(say(room, message.data));
        else
            TRY(websocket_close(socket, WEBSOCKET_UNSUPPORTED, STR("lines of text only")));
    }
}

/* This fiber listens; another one tells. */
static void visit(websocket *socket, void *arg)
{
    chat_room *room = arg;
    visitor here = {socket, broadcast_subscribe(room->lines)};
    scope fibers;
    scope_enter(&fibers, SCOPE_ALL);
    weft_error error = scope_spawn(&fibers, "tell", tell, &here);
    if (error == WEFT_OK)
        error = count_people(room, 1);
    if (error == WEFT_OK) {
        error = listen_to(socket, room);
        (void)error; /* WEFT_CLOSED: that is how a visit ends */
        error = count_people(room, -1);
    }
    scope_cancel(&fibers);
    error = scope_leave(&fibers);
    (void)error;
}

/// Enter the room, as a WebSocket.
static http_status chat(const app_state *state, request *req, response *res)
{
    static const websocket_options options = {
        .message_limit = LINE_LIMIT,
        .compression = WEBSOCKET_DEFLATE,
    };
    return websocket_upgrade(req, res, &options, visit, state->room);
}

/* ---- watching ---- */

/* How many are here, now and whenever that changes. */
static weft_error tell_count(server_events *events, void *arg)
{
    const chat_room *room = arg;
    uint64_t seen = 0;
    for (;;) {
        int count;
        char text[24];
        TRY(watch_changed(room->count, &seen, &count, NEVER));
        str data = {text, (size_t)snprintf(text, sizeof text, "%d", count)};
        TRY(events_send(events, &(server_event){.event = STR("people"), .data = data}));
    }
}

/// How many are in the room, as server-sent events.
static http_status people(const app_state *state, response *res)
{
    return response_events(res, NULL, tell_count, state->room);
}

static const char html[] =
    "<!doctype html><meta charset=utf-8><title>Chat</title>\n"
    "<p><span id=people>?</span> here</p><form><input autofocus></form><ul></ul>\n"
    "<script>\n"
    "const room = new WebSocket(location.href.replace(/^http/, 'ws') + 'chat')\n"
    "const line = document.querySelector('input')\n"
    "room.onmessage = said => {\n"
    "  const item = document.createElement('li')\n"
    "  item.textContent = said.data\n"
    "  document.querySelector('ul').prepend(item)\n"
    "}\n"
    "document.forms[0].onsubmit = () => { room.send(line.value); line.value = ''; return false }\n"
    "new EventSource('people').addEventListener('people', news => {\n"
    "  document.getElementById('people').textContent = news.data\n"
    "})\n"
    "</script>\n";

/// A page to chat with.
static http_status page(response *res)
{
    if (response_html(res, weft_str_from(html)) != WEFT_OK)
        return HTTP_INTERNAL_SERVER_ERROR;
    return HTTP_OK;
}

static const route routes[] = {
    GET("/", page),
    GET("/chat", chat),
    GET("/people", people),
};

int main(void)
{
    int nobody = 0;
    chat_room room = {
        .lines = expect(broadcast_create(sizeof(line), LINES_KEPT), "no memory"),
        .count = expect(watch_create(sizeof nobody, &nobody), "no memory"),
    };
    app_state state = {.room = &room};
    router app = {
        .state = &state,
        .layers = LAYERS(trace()),
        .routes = ROUTES(routes),
    };
    int result = serve("127.0.0.1:3000", &app);
    watch_destroy(room.count);
    broadcast_destroy(room.lines);
    return result;
}
