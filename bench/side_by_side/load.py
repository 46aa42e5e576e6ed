# SPDX-License-Identifier: MIT OR Apache-2.0
"""The generators: wrk, which waits for each answer (closed loop), for throughput and processor time;
bench/load/open_loop, which sends at a fixed rate whatever happens, for latency."""
import os
import re
import subprocess

from .contender import BENCH

PIPELINE = 16


def wrk(server, path, core, seconds, connections, pipelined):
    """One run: requests a second, and the server's microseconds of user and system time a request."""
    command = ["taskset", "-c", core, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
               f"http://127.0.0.1:{server.port}{path}"]
    if pipelined:
        command += ["-s", os.path.join(BENCH, "pipeline.lua")]
    user, system = server.times()
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    user_end, system_end = server.times()
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(f"{server.name} {path}: {output}")
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    if requests == 0:
        raise RuntimeError(f"{server.name} {path}: no answer within {seconds} s of load")
    return {"rps": float(re.search(r"Requests/sec: *([\d.]+)", output).group(1)),
            "user": (user_end - user) * 1e6 / requests,
            "system": (system_end - system) * 1e6 / requests,
            "total": (user_end - user + system_end - system) * 1e6 / requests}


def warm(server, path, core, connections):
    """A second that nobody counts."""
    subprocess.run(["taskset", "-c", core, "wrk", "-t1", f"-c{connections}", "-d1s",
                    f"http://127.0.0.1:{server.port}{path}"], capture_output=True, check=True)


POINTS = ("p50", "p99", "p99.9", "max")
CALM = "calm "  # before a point: of the requests that were not due near a stall of the machine


def calm(point, samples):
    """The point to compare by: among calm requests when all runs of {name: [run, ..]} tell it."""
    told = all("left out" in run for runs in samples.values() for run in runs)
    return CALM + point if told else point


def open_loop(build, server, path, core, rate, seconds, connections, worker=-1, series=None,
              grain=0, watched=None, priority=None):
    """Requests a second, and p50, p99, p99.9 and max in microseconds; None when the server did not keep up.
    With `worker` only over connections which that one of the server's has accepted; the file `series` gets a
    line for each second. The generator looks up every `grain` microseconds only: then it needs half the processor.
    With a real-time `priority`, say one above the server's, it sends when requests are due though the
    server computes on all cores.

    With the cores `watched`, and the right to overtake others (root): also "calm p99" and so on, of the
    requests that were due while the machine did not stand still, and "left out", the share of the others."""
    command = ["chrt", "-f", str(priority)] if priority else []
    command += ["taskset", "-c", core, os.path.join(build, "bench/load/open_loop"), "-w", str(worker),
                "-g", str(grain)]
    command += ["-s", series] if series else []
    command += ["-c", watched] if watched else []
    output = subprocess.run([*command, str(server.port), path, f"{rate:.0f}", str(seconds),
                             str(connections)],
                            capture_output=True, text=True, check=False)
    if output.returncode != 0:
        return None
    lines = [[float(word) for word in line.split()] for line in output.stdout.splitlines()]
    found = dict(zip(("rps", *POINTS), lines[0]))
    for left_out, *percentiles in lines[1:]:
        found["left out"] = left_out
        found |= {CALM + point: value for point, value in zip(POINTS, percentiles)}
    return found
