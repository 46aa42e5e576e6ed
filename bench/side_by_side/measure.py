# SPDX-License-Identifier: MIT OR Apache-2.0
"""The measurements. Throughput and latency run contenders in interleaved blocks (A B C C B A), so that
what else the machine does falls on all alike."""
import contextlib
import os
import resource
import socket
import subprocess
import tempfile
import time

from . import figures, load
from .contender import Server, exchange

IDLE_CONNECTIONS = 10000
FILES = IDLE_CONNECTIONS + 200
STARTS = 11
RATES = (0.5, 0.8)  # of what the slower of Weft and Axum answers in a second


def order(servers, blocks):
    """Who runs when: each block once forth and once back."""
    for block in range(blocks):
        yield from ((block, server) for server in servers)
        yield from ((block, server) for server in reversed(servers))


def throughput(trial, servers, plan, say):
    """Samples of each contender: {name: [{rps, user, system, total}, ..]}, in the order of blocks."""
    samples = {server.name: [] for server in servers}
    for server in servers:
        load.warm(server, trial.path, plan.load_core, plan.connections)
    runs = list(order(servers, plan.blocks))
    for at, (block, server) in enumerate(runs):
        say(f"{trial.name}: block {block + 1} of {plan.blocks}, run {at + 1} of {len(runs)}")
        samples[server.name].append(load.wrk(server, trial.path, plan.load_core, plan.seconds,
                                             plan.connections, trial.pipelined))
    return samples


def latency(trial, servers, samples, slower, plan, say):
    """{rate: {name: [what load.open_loop tells, ..]}}; a run that did not keep up is left out, and so is who
    answered less than that in `samples` of its throughput."""
    results = {}
    for share in RATES[:1] if plan.quick else RATES:
        rate = slower * share
        results[share] = {"rate": rate, "runs": {server.name: [] for server in servers}}
        able = [server for server in servers
                if figures.median([run["rps"] for run in samples[server.name]]) > rate]
        for block, server in order(able, plan.latency_blocks):
            say(f"{trial.name}: latency at {rate:.0f} requests/s, block {block + 1}: {server.name}")
            run = load.open_loop(plan.build, server, trial.path, plan.load_core, rate,
                                 plan.latency_seconds, plan.connections,
                                 watched=f"{plan.server_core},{plan.load_core}")
            if run is not None:
                results[share]["runs"][server.name].append(run)
    return results


# ---- resources -----------------------------------------------------------------------------------


def raise_limit():
    """Of open files, to what idle connections need; servers inherit it, so it comes before the first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, FILES)), hard))


def idle_memory(server, path, count=IDLE_CONNECTIONS):
    """Bytes of resident memory for each connection that has had one answer and stays open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < FILES:
        raise RuntimeError(f"{count} connections need more open files than {soft}: raise ulimit -Hn")
    opened = []
    try:
        for at in range(100 + count):
            if at == 100:
                time.sleep(0.5)
                before = server.resident()
            opened.append(socket.create_connection(("127.0.0.1", server.port), 10))
            exchange(opened[-1], server.port, path)
        time.sleep(0.5)
        return (server.resident() - before) / count
    finally:
        for sock in opened:
            sock.close()


def start_up(program, plan):
    """Milliseconds from exec to the end of the first answer, median; without a database to connect to."""
    samples = []
    for _ in range(3 if plan.quick else STARTS):
        server = Server(program, plan.server_core, 1, {})
        try:
            server.ask("/memory/users/42")
            samples.append((time.monotonic() - server.started) * 1e3)
        finally:
            server.stop()
    return figures.median(samples)


def resident_alone(program, path, plan):
    """Bytes of resident memory after two seconds of load, without a database."""
    server = Server(program, plan.server_core, 1, {})
    try:
        for _ in range(2):
            load.warm(server, path, plan.load_core, plan.connections)
        return server.resident()
    finally:
        server.stop()


def run_build(command, build, scratch):
    """Seconds of a command; a cache of the compiler's is no help."""
    begin = time.monotonic()
    done = subprocess.run([word.replace("{}", scratch) for word in command], cwd=build.folder,
                          env=dict(os.environ, CCACHE_DISABLE="1"), capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {(done.stdout + done.stderr)[-400:]}")
    return time.monotonic() - begin


@contextlib.contextmanager
def one_more_line(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write("\n// one more line\n")
        yield
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def build_times(program):
    """Seconds of a build from nothing, as released and as developed, and of one after a line was added;
    nothing when it is not built."""
    build = program.build
    if build is None:
        return {}
    with tempfile.TemporaryDirectory() as released, tempfile.TemporaryDirectory() as developed:
        for command in build.prepare[0]:
            run_build(command, build, released)
        release = run_build(build.release, build, released)
        for command in build.prepare[1]:
            run_build(command, build, developed)
        clean = run_build(build.develop, build, developed)
        with one_more_line(os.path.join(build.folder, build.source)):
            edit = run_build(build.develop, build, developed)
    return {"release": release, "clean": clean, "edit": edit}


def binary_size(program):
    return os.path.getsize(program.binary)
