#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures several gateways in the same minutes and prints one table with ratios.

All run at once, on one core; mock and load have the other. Each is loaded in short turns, one after
the other, again and again, and a ratio compares turns of the same round: so that what else the
machine does falls on all alike. Medians over the rounds. Called by ./run bench; see README.md.
"""
import argparse, os, socket, statistics, subprocess, sys, time
import measure

BASE = "nginx-lua"  # what ratios are to; "-cached" against its own "-cached"


class Gateway:
    """One of systems.conf, running."""

    def __init__(self, name, command, options, mock, nsrc, timeout_ms):
        self.name, self.timeout_ms = name, timeout_ms
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        folder = os.path.join(options.folder, name)
        os.makedirs(folder, exist_ok=True)
        environment = dict(os.environ, PORT=str(self.port), NSRC=str(nsrc), TIMEOUT_MS=str(timeout_ms),
                           MOCK_PORT=str(mock.port), KEY=options.key, ISSUER=options.issuer,
                           AUDIENCE=options.audience, RUN_DIR=folder, BENCH_DIR=options.folder)
        with open(os.path.join(folder, "log"), "w") as log:
            self.process = subprocess.Popen(["taskset", "-c", options.core, "sh", "-c", command],
                                            cwd=os.path.dirname(os.path.abspath(__file__)), env=environment,
                                            stdout=log, stderr=log)
        self.pid = self.process.pid
        self.folder = folder

    def wait(self, tokens):
        """Until it answers with an overview."""
        with open(tokens) as file:
            token = file.readline().strip()
        request = (f"GET /v1/overview HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                   f"Authorization: Bearer {token}\r\n\r\n").encode()
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                    connection.sendall(request)
                    if connection.recv(12) == b"HTTP/1.1 200":
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit(f"{self.name} gives no overview; see {self.process.args[-1]}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def read_systems(path):
    systems = {}
    with open(path) as file:
        for line in file:
            name, colon, command = line.partition(":")
            if colon and not line.startswith("#"):
                systems[name.strip()] = command.strip()
    return systems


def run_phase(phase, options, seconds, rounds, nsrc=6, timeout_ms=3000, together=True):
    """{name: {metric: [a value a round]}}"""
    seen = {name: {} for name in options.systems}
    mock = measure.Mock(options.build, nsrc, options.other_core, options.jwks)
    load = measure.Load(options.build, options.tokens, options.other_core)
    running = []

    def start(names):
        for name in names:
            running.append(Gateway(name, options.systems[name], options, mock, nsrc, timeout_ms))
        for gateway in running:
            gateway.wait(options.tokens)

    def stop():
        while running:
            running.pop().stop()

    def turn(gateway):
        for metric, value in phase(gateway, mock, load, seconds).items():
            seen[gateway.name].setdefault(metric, []).append(value)

    try:
        if together:
            start(options.systems)
            for number in range(rounds):
                for gateway in running if number % 2 == 0 else reversed(running):
                    turn(gateway)
        else:
            for name in options.systems:
                start([name])
                for _ in range(rounds):
                    turn(running[0])
                stop()
    finally:
        stop()
        mock.process.terminate()
        mock.process.wait()
    return seen


def base_of(name):
    return BASE + ("-cached" if name.endswith("-cached") else "")


def ratio(seen, name, metric):
    """The median of the ratios of each round, or None."""
    ours, theirs = seen.get(name, {}).get(metric), seen.get(base_of(name), {}).get(metric)
    if not ours or not theirs or len(ours) != len(theirs):
        return None
    return statistics.median(a / b if b else float("inf") for a, b in zip(ours, theirs))


def print_table(seen, names):
    metrics = list(dict.fromkeys(metric for name in names for metric in seen[name]))
    width = max(map(len, metrics), default=0)
    print(" " * width + "".join(f"{name:>20}" for name in names))
    for metric in metrics:
        cells = []
        for name in names:
            values = seen[name].get(metric)
            of_base = ratio(seen, name, metric) if metric.startswith(("CPU", "RSS", "KB", "sys")) else None
            cells.append("-" if not values else f"{statistics.median(values):.1f}" +
                         (f" ({of_base:.2f})" if of_base else ""))
        print(f"{metric:{width}}" + "".join(f"{cell:>20}" for cell in cells))


def judge(seen):
    """The bar: CPU per overview at most nginx+lua's, uncached and cached; None: not measured."""
    metric = "CPU us, saturated"
    ratios = {name: ratio(seen, name, metric) for name in ("product", "product-cached")}
    if None in ratios.values():
        return None
    print("bar: CPU per overview, saturated, at most 1.00 of nginx+lua's: " +
          ", ".join(f"{name} {value:.2f}" for name, value in ratios.items()) +
          (": reached" if max(ratios.values()) <= 1 else ": NOT reached"))
    return max(ratios.values()) <= 1


def judge_reloads(seen):
    """The bar: 100 reloads, none of which loses a request; None: not measured."""
    found = [(metrics["reloads"][0], metrics["lost requests, 100 reloads"][0])
             for metrics in seen.values() if "reloads" in metrics]
    if not found:
        return None
    is_reached = all(done == measure.RELOADS and lost == 0 for done, lost in found)
    print("bar: 100 reloads at 500 overviews/s lose no request: " + ("reached" if is_reached else "NOT reached"))
    return is_reached


def judge_record(seen):
    """The bar: the record adds at most 0.2 ms where sources take 5; None: not measured."""
    recorded, not_recorded = seen.get("product-cached", {}), seen.get("product-unrecorded", {})
    added = {metric: statistics.median(a - b for a, b in zip(recorded[metric], not_recorded[metric]))
             for metric in recorded if metric in not_recorded and metric.startswith(("ms p", "CPU us, 500/s"))}
    if not added:
        return None
    for metric, value in added.items():
        print(f"the record adds: {metric}: {value:.2f}")
    is_reached = added["ms p50, sources at 5"] <= 0.2
    print("bar: the record adds at most 0.2 ms to p50 where sources take 5: " + ("reached" if is_reached else "NOT reached"))
    return is_reached


def judge_registered(seen):
    """The bar: 1,000 sources start in 2 s, one of them is changed in 100 ms, and an overview that touches
    none of them costs what it cost without; None: not measured."""
    many, few = seen.get("product-registered", {}), seen.get("product", {})
    if "reload ms" not in many or "reload ms" not in few:
        return None
    start, change = min(many["start ms"]), min(many["reload ms"])
    added = statistics.median(a / b for a, b in zip(many["CPU us, saturated"], few["CPU us, saturated"]))
    is_reached = start < 2000 and change < 100 and added < 1.03
    print(f"bar: 1,000 registered sources start in {start:.0f} ms (2000), a changed manifest is in force in "
          f"{change:.0f} ms (100), an overview costs {added:.3f} times as much (1.03): "
          f"{'reached' if is_reached else 'NOT reached'}")
    return is_reached


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--build", "--folder", "--key", "--tokens", "--jwks", "--issuer", "--audience"):
        parser.add_argument(name, required=True)
    parser.add_argument("--only", required=True, help="names of systems.conf, comma between")
    parser.add_argument("--phases", default="saturated", help="of measure.py, comma between")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.5, help="of one turn")
    parser.add_argument("--nsrc", type=int, default=6)
    parser.add_argument("--core", default="0", help="the gateways'")
    parser.add_argument("--other-core", default="1", help="mock's and load's")
    options = parser.parse_args()
    known = read_systems(os.path.join(os.path.dirname(os.path.abspath(__file__)), "systems.conf"))
    unknown = [name for name in options.only.split(",") if name not in known]
    if unknown:
        raise SystemExit(f"not in systems.conf: {', '.join(unknown)}")
    options.systems = {name: known[name] for name in options.only.split(",")}
    seen = {name: {} for name in options.systems}
    for name in options.phases.split(","):
        phase = getattr(measure, name)
        together = name in ("saturated", "steady", "sizes", "record", "registered")
        print(f"{name}: {phase.__doc__}", file=sys.stderr, flush=True)
        found = run_phase(phase, options, options.seconds if name in ("saturated", "registered") else 3,
                          options.rounds if name in ("saturated", "record", "registered") else 3 if together else 1,
                          options.nsrc, {"deadline": 300, "resilience": 1400}.get(name, 3000), together)
        for system, metrics in found.items():
            seen[system].update(metrics)
    print_table(seen, list(options.systems))
    bars = (judge(seen), judge_reloads(seen), judge_record(seen), judge_registered(seen))
    sys.exit(1 if False in bars else 0)


if __name__ == "__main__":
    main()
