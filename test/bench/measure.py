"""How long things take, as psql and pgbench tell it.

Nothing but the standard library: the server is reached through the programs that come with it.
"""

import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
DATABASE = "bench"


def environment(schema, settings):
    """The environment of a session that works in a schema."""
    settings = {"search_path": schema, "synchronous_commit": "off", "client_min_messages": "warning", **settings}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return {**os.environ, "PGOPTIONS": options}


def run(command, schema, settings, **kwargs):
    """Run a client program and return what it prints; if it fails, say so and end."""
    kwargs = {"stderr": subprocess.PIPE, **kwargs}
    done = subprocess.run(command, env=environment(schema, settings), stdout=subprocess.PIPE, text=True, **kwargs)
    if done.returncode != 0:
        sys.exit(f"error: {' '.join(command)}\n{kwargs.get('input', '')}\n{done.stdout}{done.stderr or ''}")
    return done.stdout


def sql(text, schema="public", **settings):
    """Run SQL and return what it prints."""
    command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", DATABASE]
    return run(command, schema, settings, input=text, cwd=here / "peers").strip()


def seconds(text, schema, **settings):
    """How long SQL takes, as psql sees it; the time of several statements is added up."""
    out = sql("\\timing on\n" + text, schema, **settings)
    return sum(float(ms) for ms in re.findall(r"^Time: ([\d.]+) ms", out, re.MULTILINE)) / 1000


def pgbench(script, schema, arguments, variables, settings):
    """Run pgbench on the text of a script."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(f"{script.rstrip().rstrip(';')};\n")
        file.flush()
        command = ["pgbench", "-n", "-f", file.name, *arguments]
        for name, value in variables.items():
            command += ["-D", f"{name}={value}"]
        return run([*command, DATABASE], schema, settings, stderr=subprocess.STDOUT)


def rate(script, schema, clients, warm_up, duration, variables, **settings):
    """Transactions a second of a script run by several clients as prepared statements.

    A connection is slow at first: it fills its caches and its page table, page by page of the shared buffers.  What is
    done in the seconds of warming up does not count, nor in the last, of which pgbench may not tell.
    """
    threads = min(clients, os.cpu_count())
    arguments = ["-M", "prepared", "-c", str(clients), "-j", str(threads), "-T", str(warm_up + duration + 1), "-P", "1"]
    out = pgbench(script, schema, arguments, variables, settings)
    seconds = [float(tps) for tps in re.findall(r"^progress: .*?([\d.]+) tps", out, re.MULTILINE)]
    return statistics.mean(seconds[warm_up:warm_up + duration])


def latency(script, schema, variables={}, **settings):
    """Median milliseconds of a query that is parsed, planned and run anew each time, as its client sees it.

    It is run for half a second, at least three times; once if it takes more than two seconds.
    """

    def milliseconds(n):
        with tempfile.TemporaryDirectory() as directory:
            prefix = f"{directory}/log"
            pgbench(script, schema, ["-M", "simple", "-t", str(n), "-l", "--log-prefix", prefix], variables, settings)
            lines = [line for file in pathlib.Path(directory).iterdir() for line in file.read_text().splitlines()]
        return [int(line.split()[2]) / 1000 for line in lines]

    [first] = milliseconds(1)
    if first > 2000:
        return first
    n = max(3, min(500, int(500 / max(first, 1))))
    return statistics.median(milliseconds(n + 1)[1:])


def memory(text, schema, **settings):
    """MB by which the address space of a backend has grown at its peak while it ran SQL, and its seconds."""
    peak = r"SELECT substring(pg_read_file('/proc/self/status', 0, 10000), 'VmPeak:\s+(\d+)');"
    out = sql(f"{peak}\n\\timing on\n{text}\n\\timing off\n{peak}", schema, **settings).splitlines()
    took = sum(float(ms) for ms in re.findall(r"^Time: ([\d.]+) ms", "\n".join(out), re.MULTILINE)) / 1000
    return (int(out[-1]) - int(out[0])) / 1024, took
