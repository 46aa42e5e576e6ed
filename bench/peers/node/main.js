// The application of bench/peers/README.md on Fastify and pg, one process on each worker.
import cluster from "node:cluster";
import { writeSync, closeSync } from "node:fs";
import Fastify from "fastify";
import pg from "pg";
import { addUsers } from "./users.js";
import { addWorlds } from "./worlds.js";

const workers = Number(process.env.WEFT_WORKERS || 1);
const [host, port] = (process.env.WEFT_LISTEN || "127.0.0.1:0").split(":");

function ready(address) {
    const fd = Number(process.env.WEFT_READY_FD || 1);
    writeSync(fd, `${address.address}:${address.port}\n`);
    if (fd !== 1) closeSync(fd);
}

async function serve() {
    const app = Fastify({ keepAliveTimeout: 0 });
    app.addHook("onRequest", (request, reply, done) => {
        reply.header("server", "node");
        done();
    });
    const message = { type: "object", properties: { message: { type: "string" } } };
    app.get("/json", { schema: { response: { 200: message } } }, async () => ({ message: "Hello, World!" }));
    app.get("/plaintext", async (request, reply) => {
        reply.type("text/plain; charset=utf-8");
        return "Hello, World!";
    });
    let db;
    if (process.env.DATABASE_URL) {
        const max = Math.max(1, Math.floor(Number(process.env.DB_CONNECTIONS || 8) / workers));
        db = new pg.Pool({ connectionString: process.env.DATABASE_URL, max });
        await addWorlds(app, db);
    }
    addUsers(app, db);
    await app.listen({ host, port: Number(port) });
    return app.server.address();
}

if (workers > 1 && cluster.isPrimary) {
    let waiting = workers;
    for (let i = 0; i < workers; i++)
        cluster.fork().once("listening", (address) => --waiting || ready(address));
    process.on("SIGTERM", () => {
        for (const worker of Object.values(cluster.workers)) worker.kill();
        process.exit(0);
    });
} else {
    const address = await serve();
    if (cluster.isPrimary) ready(address);
    process.on("SIGTERM", () => process.exit(0));
}
