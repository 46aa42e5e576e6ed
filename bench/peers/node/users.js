// The users API.
const user = {
    type: "object",
    properties: { id: { type: "integer" }, name: { type: "string" }, email: { type: "string" } },
};
const page = {
    type: "object",
    properties: { users: { type: "array", items: user }, next: { type: "integer" } },
};
const newUser = {
    type: "object",
    required: ["name", "email"],
    properties: {
        name: { type: "string", minLength: 1, maxLength: 80 },
        email: { type: "string", format: "email" },
    },
};
const params = { type: "object", properties: { id: { type: "integer", minimum: 1 } } };
const paging = {
    type: "object",
    properties: {
        limit: { type: "integer", minimum: 1, maximum: 100, default: 20 },
        after: { type: "integer", default: 0 },
    },
};

const select = { name: "find_user", text: "SELECT id, name, email FROM users WHERE id = $1" };
const list = {
    name: "find_users_after",
    text: "SELECT id, name, email FROM users WHERE id > $1 ORDER BY id LIMIT $2",
};
const insert = {
    name: "insert_user",
    text: "INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id, name, email",
};
const update = {
    name: "update_user",
    text: "UPDATE users SET name = $2, email = $3 WHERE id = $1 RETURNING id, name, email",
};
const remove = { name: "remove_user", text: "DELETE FROM users WHERE id = $1 RETURNING id" };

export function addUsers(app, db) {
    app.get("/memory/users/:id", { schema: { params, response: { 200: user } } }, async (request) => ({
        id: request.params.id,
        name: "Ada Lovelace",
        email: "ada@example.com",
    }));
    if (!db) return;

    async function one(reply, query, values) {
        try {
            const { rows } = await db.query({ ...query, values });
            if (rows.length === 0) reply.code(404).send();
            return rows[0];
        } catch (error) {
            reply.code(error.code === "23505" ? 409 : 500).send();
        }
    }

    app.get("/users/:id", { schema: { params, response: { 200: user } } }, async (request, reply) => {
        const found = await one(reply, select, [request.params.id]);
        return found ?? reply;
    });
    app.post("/users", { schema: { body: newUser, response: { 201: user } } }, async (request, reply) => {
        const made = await one(reply, insert, [request.body.name, request.body.email]);
        if (!made) return reply;
        reply.code(201).header("location", `/users/${made.id}`);
        return made;
    });
    app.put("/users/:id", { schema: { params, body: newUser, response: { 200: user } } },
        async (request, reply) => {
            const { name, email } = request.body;
            return (await one(reply, update, [request.params.id, name, email])) ?? reply;
        });
    app.delete("/users/:id", { schema: { params } }, async (request, reply) => {
        if (await one(reply, remove, [request.params.id])) reply.code(204).send();
        return reply;
    });
    app.get("/users", { schema: { querystring: paging, response: { 200: page } } }, async (request) => {
        const { limit, after } = request.query;
        const { rows } = await db.query({ ...list, values: [after, limit] });
        return rows.length === limit ? { users: rows, next: rows[limit - 1].id } : { users: rows };
    });
}
