# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes what was measured: report.md, results.json, and a chart of each trial."""
import json
import os
import platform
import time

from . import charts, figures
from .load import CALM, POINTS

FLOOR, NOISE = "null", "noise"


def machine():
    """What it was measured on, and how busy that was."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((l.partition(":")[2].strip() for l in file if l.startswith("model name")),
                     platform.machine())
    return (f"{model}, {os.cpu_count()} cores, Linux {platform.release()}; load of the machine: "
            f"{os.getloadavg()[0]:.2f}.")


def medians(samples):
    """{name: {field: median}} of the runs of each contender."""
    return {name: {field: figures.median([run[field] for run in runs]) for field in runs[0]}
            for name, runs in samples.items() if runs}


def interval(value):
    return "" if value is None else f"{value[0]:.2f} ({value[1]:.2f} to {value[2]:.2f})"


def column(samples, name, field):
    return [run[field] for run in samples[name]]


class Report:
    """`first` is the contender that others are held against, `twice` the one that runs twice; `name` of
    the files, without ending."""

    def __init__(self, folder, titles, first, name=None, twice=None):
        self.folder, self.titles, self.first, self.twice = folder, titles, first, twice
        self.text = f"{name or 'report'}.md"
        self.json = f"{name or 'results'}.json"
        self.lines, self.data = [], {}
        os.makedirs(folder, exist_ok=True)

    def say(self, text=""):
        self.lines.append(text)

    def title(self, name):
        return self.titles.get(name, name)

    def table(self, header, rows):
        self.say("| " + " | ".join(header) + " |")
        self.say("|" + "---|" * len(header))
        for row in rows:
            self.say("| " + " | ".join(str(cell) for cell in row) + " |")
        self.say()

    def chart(self, name, svg):
        with open(os.path.join(self.folder, f"{name}.svg"), "w", encoding="utf-8") as file:
            file.write(svg)
        self.say(f"![{name}]({name}.svg)")
        self.say()

    def throughput(self, trial, samples):
        self.data[trial.name] = samples
        middle = medians(samples)
        self.say(f"## {trial.title}")
        self.say()
        rows = []
        for name, row in middle.items():
            against = figures.ratio(column(samples, name, "total"),
                                    column(samples, self.first, "total"))
            faster = figures.ratio(column(samples, name, "rps"), column(samples, self.first, "rps"))
            rows.append((self.title(name), f"{row['rps']:.0f}", f"{row['user']:.2f}",
                         f"{row['system']:.2f}", f"{row['total']:.2f}", interval(against),
                         interval(faster)))
        self.table(("", "requests/s", "user us", "system us", "CPU us/request",
                    f"CPU against {self.title(self.first)}", "requests/s against it"), rows)
        self.noise_bar(samples)
        floor = middle.get(FLOOR, {}).get("total")
        self.chart(trial.name, charts.bars(
            f"{trial.title}: processor time per request (user, system)", "us",
            {name: (self.title(name), [row["user"], row["system"]])
             for name, row in middle.items() if name not in (FLOOR, NOISE)}, floor))

    def noise_bar(self, samples):
        """What differs by less than one contender differs from itself says nothing."""
        if self.twice not in samples or NOISE not in samples:
            return
        cpu, faster = (interval(figures.ratio(column(samples, NOISE, field),
                                              column(samples, self.twice, field)))
                       for field in ("total", "rps"))
        self.say(f"Noise bar, {self.title(self.twice)} against itself: CPU {cpu}, requests/s {faster}.")
        self.say()

    def latency(self, trial, results):
        self.data[f"{trial.name} latency"] = results
        for share, result in results.items():
            self.say(f"### {trial.title}: latency at {result['rate']:.0f} requests/s "
                     f"({share:.0%} of what the slower of {self.title(self.first)} and "
                     f"{self.title(self.twice)} answers)")
            self.say()
            middle = medians(result["runs"])
            self.percentiles(middle)
            late = [self.title(name) for name, runs in result["runs"].items() if not runs]
            if late:
                self.say(f"Did not keep up: {', '.join(late)}.")
                self.say()
            if middle:
                self.chart(f"{trial.name}-latency-{share * 100:.0f}", charts.curves(
                    f"{trial.title}: latency at {result['rate']:.0f} requests/s",
                    {name: (self.title(name), row) for name, row in middle.items()}))

    def percentiles(self, middle, more=None):
        """The medians of load.open_loop's runs; `more` is a last column: (head, {name: cell})."""
        calm = all("left out" in row for row in middle.values())
        beside = ("p99", "p99.9") if calm else ()
        head, cells = more or (None, {})
        self.table(("", *(f"{point} us" for point in POINTS), *(f"{CALM}{point} us" for point in beside),
                    *(("left out",) if calm else ()), *((head,) if more else ())),
                   [(self.title(name), *(f"{row[point]:.0f}" for point in POINTS),
                     *(f"{row[CALM + point]:.0f}" for point in beside),
                     *((f"{row['left out']:.0%}",) if calm else ()), *((cells[name],) if more else ()))
                    for name, row in middle.items()])
        self.say("Calm: without the requests that were due within 50 ms of a moment in which a core did not run "
                 "even what overtakes everything (bench/load/stalls.h), which are left out." if calm else
                 "Whether the machine stood still meanwhile is not known: only root may watch that.")
        self.say()

    def resources(self, resources):
        self.data["resources"] = resources
        self.say("## Resources")
        self.say()
        columns = [("resident under load, MiB", "resident", 2 ** 20, ".1f"),
                   ("without a database, MiB", "alone", 2 ** 20, ".1f"),
                   ("idle connection, bytes", "idle", 1, ".0f"),
                   ("start to first answer without a database, ms", "start", 1, ".1f"),
                   ("clean build, s", "clean", 1, ".1f"), ("as released, s", "release", 1, ".1f"),
                   ("rebuild after an edit, s", "edit", 1, ".2f"),
                   ("program, MiB", "size", 2 ** 20, ".2f")]
        self.table([""] + [head for head, *_ in columns],
                   [[self.title(name)] + [format(row[key] / unit, form) if key in row else ""
                                          for _, key, unit, form in columns]
                    for name, row in resources.items()])
        if any("clean" in row for row in resources.values()):
            self.say("Builds are of library and application, with everything that their package managers bring; "
                     "weftgen, a tool that is installed, is built before.")
            self.say()

    def write(self, about):
        self.data["about"] = dict(about, date=time.strftime("%Y-%m-%d %H:%M"), machine=machine())
        with open(os.path.join(self.folder, self.json), "w", encoding="utf-8") as file:
            json.dump(self.data, file, indent=1)
        path = os.path.join(self.folder, self.text)
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(about["text"] + [""] + self.lines).rstrip() + "\n")
        return path
