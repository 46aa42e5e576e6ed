// Rows of the tables world and fortune.
const ROWS = 10000;
const world = {
    type: "object",
    properties: { id: { type: "integer" }, randomNumber: { type: "integer" } },
};
const worlds = { type: "array", items: world };

const find = { name: "find_world", text: "SELECT id, randomnumber FROM world WHERE id = $1" };
const change = {
    name: "change_worlds",
    text: "UPDATE world SET randomnumber = new.number FROM (SELECT DISTINCT ON (id) * FROM " +
        "unnest($1::int[], $2::int[]) AS given(id, number)) AS new WHERE world.id = new.id",
};
const fortunes = { name: "fortunes", text: "SELECT id, message FROM fortune" };

const random = () => Math.floor(Math.random() * ROWS) + 1;
const shape = (row) => ({ id: row.id, randomNumber: row.randomnumber });

/* How many are wanted: 1 to 500; 1 when it is missing or no number. */
const count = (text) => Math.min(Math.max(Number.parseInt(text, 10) || 1, 1), 500);

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
const escape = (text) => text.replace(/[&<>"']/g, (c) => entities[c]);

export async function addWorlds(app, db) {
    const all = await db.query("SELECT id, randomnumber FROM world");
    const cache = new Map(all.rows.map((row) => [row.id, shape(row)]));

    const one = async () => shape((await db.query({ ...find, values: [random()] })).rows[0]);
    async function some(count) {
        const rows = [];
        for (let i = 0; i < count; i++) rows.push(await one());
        return rows;
    }

    app.get("/db", { schema: { response: { 200: world } } }, one);
    app.get("/queries", { schema: { response: { 200: worlds } } }, async (request) =>
        some(count(request.query.queries)));
    app.get("/updates", { schema: { response: { 200: worlds } } }, async (request) => {
        const rows = await some(count(request.query.queries));
        rows.sort((a, b) => a.id - b.id);
        for (const row of rows) row.randomNumber = random();
        const values = [rows.map((row) => row.id), rows.map((row) => row.randomNumber)];
        await db.query({ ...change, values });
        return rows;
    });
    app.get("/cached-worlds", { schema: { response: { 200: worlds } } }, async (request) =>
        Array.from({ length: count(request.query.count) }, () => cache.get(random())));
    app.get("/fortunes", async (request, reply) => {
        const { rows } = await db.query(fortunes);
        rows.push({ id: 0, message: "Additional fortune added at request time." });
        rows.sort((a, b) => (a.message < b.message ? -1 : 1));
        const lines = rows.map((row) => `<tr><td>${row.id}</td><td>${escape(row.message)}</td></tr>`);
        reply.type("text/html; charset=utf-8");
        return "<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table>" +
            `<tr><th>id</th><th>message</th></tr>${lines.join("")}</table></body></html>`;
    });
}
