# SPDX-License-Identifier: MIT
"""What is measured of one running gateway. Each phase is a function of it and the mock, and gives
named numbers: CPU from /proc (children included), latencies from load, calls from strace."""
import glob, http.client, json, os, re, shutil, signal, subprocess, tempfile, time, urllib.error, urllib.request


class Mock:
    """The authorities; knows how to change their behaviour."""

    def __init__(self, build, count, core, jwks):
        self.process = subprocess.Popen(["taskset", "-c", core, f"{build}/tests/bench/mock", str(count), jwks],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.sources = count

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return json.load(answer)

    def set(self, **values):
        self.get("/ctl?" + "&".join(f"{name}={value}" for name, value in values.items()))

    def calm(self):
        self.set(src="all", delay=0, size=2048, status=200, errors=0, drip=0)


class Load:
    """The load generator, with its tokens."""

    def __init__(self, build, tokens, core):
        self.tokens = tokens
        self.command = ["taskset", "-c", core, f"{build}/tests/bench/load", "-t", tokens]

    def start(self, port, connections, seconds, warm_up, rate=None):
        options = ["-p", port, "-c", connections, "-d", seconds, "-w", warm_up] + (["-r", rate] if rate else [])
        return subprocess.Popen(self.command + [str(o) for o in options], stdout=subprocess.PIPE, text=True)

    def run(self, gateway, connections, seconds, warm_up=0.3, rate=None):
        """What load saw, and CPU per overview over all of it, warm-up included."""
        before = cpu_us(gateway.pid)
        process = self.start(gateway.port, connections, seconds, warm_up, rate)
        seen = json.loads(process.communicate()[0])
        seen["cpu"] = cpu_us(gateway.pid) - before
        seen["cpu_us"] = seen["cpu"] / max(1.0, seen["n"] * (seconds + warm_up) / seconds)
        if seen["errors"] or seen["non200"]:
            print(f"{gateway.name}: {seen['errors']} errors, {seen['non200']} answers that were not 200", flush=True)
        return seen


def tree(pid):
    """The process and its descendants."""
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(int(entry))
        except (OSError, IndexError):
            pass
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += children.get(one, [])
    return found


def cpu_us(pid):
    total = 0
    for process in tree(pid):
        try:
            for thread in os.listdir(f"/proc/{process}/task"):
                with open(f"/proc/{process}/task/{thread}/schedstat") as file:
                    total += int(file.read().split()[0])
        except OSError:
            pass
    return total / 1000.0


def rss_kb(pid):
    total = 0
    for process in tree(pid):
        try:
            with open(f"/proc/{process}/status") as file:
                found = re.search(r"VmRSS:\s+(\d+)", file.read())
            total += int(found.group(1)) if found else 0
        except OSError:
            pass
    return total


# --- phases: (gateway, mock, load, seconds) -> {name: number} ---------------------------------------


def saturated(gateway, mock, load, seconds):
    """A closed loop of 16 connections; sources answer at once."""
    mock.calm()
    seen = load.run(gateway, 16, seconds)
    return {"CPU us, saturated": seen["cpu_us"], "bytes of an overview": seen["bytes_per"]}


def steady(gateway, mock, load, seconds):
    """400 overviews/s offered; sources take 20 ms, so that few events share a wake-up."""
    mock.set(src="all", delay=20)
    seen = load.run(gateway, 200, seconds, 1, 400)
    return {"CPU us, 400/s": seen["cpu_us"],
            "added ms p50": seen["lat"]["p50"] / 1000 - 20,
            "added ms p99": seen["lat"]["p99"] / 1000 - 20}


def deadline(gateway, mock, load, seconds):
    """Source 0 never answers: how much later than the gateway's timeout the answer comes."""
    mock.calm()
    mock.set(src=0, delay=-1)
    seen = load.run(gateway, 600, seconds, 1.5, 300)
    late = {name: seen["lat"][name] / 1000 - gateway.timeout_ms for name in ("min", "p50", "p99")}
    return {f"after the deadline ms {name}": value for name, value in late.items()}


def first_byte(gateway, mock, load, seconds):
    """Source 0 takes 500 ms, the others none: when a whole document's first byte comes."""
    mock.calm()
    mock.set(src=0, delay=500)
    seen = load.run(gateway, 50, seconds, 1, 50)
    return {"first byte ms p50, a source at 500": seen["ttfb"]["p50"] / 1000}


def memory(gateway, mock, load, _seconds):
    """Idle, and with 1,000 overviews waiting for sources of 1.5 s."""
    idle, count = rss_kb(gateway.pid), 1000
    mock.set(src="all", delay=1500)
    process, peak = load.start(gateway.port, count, 4, 2), 0
    while process.poll() is None:
        peak = max(peak, rss_kb(gateway.pid))
        time.sleep(0.1)
    process.stdout.read()
    return {"RSS MB idle": idle / 1024, "RSS MB, 1000 in flight": peak / 1024,
            "KB an overview in flight": (peak - idle) / count}


def syscalls(gateway, mock, load, _seconds):
    """Calls of the kernel per overview, counted while strace looks on."""
    if not shutil.which("strace"):
        return {}
    mock.calm()
    process = load.start(gateway.port, 8, 4, 0.5)
    time.sleep(1.5)
    watched = [word for pid in tree(gateway.pid) for word in ("-p", str(pid))]
    with tempfile.NamedTemporaryFile("r") as file:
        strace = subprocess.Popen(["strace", "-c", "-f", "-qq", "-o", file.name] + watched, stderr=subprocess.DEVNULL)
        time.sleep(0.3)
        before = mock.get("/stats")["served"]
        began = time.monotonic()
        time.sleep(1.0)
        served, took = mock.get("/stats")["served"] - before, time.monotonic() - began
        strace.send_signal(signal.SIGINT)
        strace.wait()
        lines = file.read().splitlines()
    process.communicate()
    calls = sum(int(found.group(1)) for found in
                (re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(?!total)\w+$", line) for line in lines)
                if found)
    overviews = served / mock.sources * (took + 0.3) / took
    return {"syscalls": calls / overviews} if overviews else {}


def descriptors(pid):
    return sum(len(os.listdir(f"/proc/{process}/fd")) for process in tree(pid))


def states(gateway, token):
    """The state of each source in one overview."""
    request = urllib.request.Request(f"http://127.0.0.1:{gateway.port}/v1/overview",
                                     headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return [source["state"] for source in json.load(answer)["sources"]]
    except urllib.error.HTTPError:
        return []


def until(gateway, token, wanted, limit_s=60):
    """Seconds until each of the three faulty sources was seen in a wanted state; asked beside the load."""
    began, missing = time.monotonic(), {0, 1, 2}
    while missing and time.monotonic() - began < limit_s:
        seen = states(gateway, token)
        missing -= {i for i in missing if i < len(seen) and seen[i] in wanted}
        time.sleep(0.02)
    return time.monotonic() - began if not missing else float("inf")


def resilience(gateway, mock, load, seconds):
    """500 overviews/s while one source hangs, one fails half of the time and one drips a byte a second."""
    mock.set(src="all", delay=5)
    with open(load.tokens) as file:
        token = file.readline().strip()
    healthy = load.run(gateway, 400, 10, 2, 500)["lat"]["p99"] / 1000
    idle_kb, idle_fds = rss_kb(gateway.pid), descriptors(gateway.pid)
    process = load.start(gateway.port, 1500, 10, 0.1, 500)
    time.sleep(2)
    mock.set(src=0, delay=-1)
    mock.set(src=1, errors=50)
    mock.set(src=2, drip=1)
    opened = until(gateway, token, {"open"})
    process.communicate()
    ill_kb, ill_fds = rss_kb(gateway.pid), descriptors(gateway.pid)
    ill = load.run(gateway, 400, 10, 0.5, 500)["lat"]["p99"] / 1000
    process = load.start(gateway.port, 1500, 15, 0.1, 500)
    mock.calm()
    mock.set(src="all", delay=5)
    closed = until(gateway, token, {"answered", "empty"})
    process.communicate()
    again = load.run(gateway, 400, 5, 1, 500)["lat"]["p99"] / 1000
    mock.calm()
    return {"p99 ms, all well": healthy, "p99 ms, three ill": ill, "p99 ms, well again": again,
            "s until breakers are open": opened, "s until they are closed": closed,
            "RSS MB, more when ill": (ill_kb - idle_kb) / 1024, "descriptors, more when ill": ill_fds - idle_fds,
            "bar: open in 2 s, closed in 10, p99 + 5 ms":
                float(opened <= 2 and closed <= 10 and ill <= healthy + 5)}


def record(gateway, mock, load, seconds):
    """500 overviews/s; sources take 5, 1 and 0 ms: to compare with a log that keeps nothing."""
    result = {}
    for delay in (5, 1, 0):
        mock.set(src="all", delay=delay)
        seen = load.run(gateway, 200, seconds, 1, 500)
        result[f"ms p50, sources at {delay}"] = seen["lat"]["p50"] / 1000
        result[f"ms p99, sources at {delay}"] = seen["lat"]["p99"] / 1000
        result[f"CPU us, 500/s, sources at {delay}"] = seen["cpu_us"]
    mock.calm()
    return result


def sizes(gateway, mock, load, seconds):
    """Larger bodies, closed loop of 8 connections."""
    result = {}
    for kb in (16, 64):
        mock.calm()
        mock.set(src="all", size=kb * 1024)
        result[f"CPU us, {kb} KB bodies"] = load.run(gateway, 8, seconds)["cpu_us"]
    mock.calm()
    return result


RELOADS, RELOAD_EVERY_S = 100, 0.1


def put_in_force(gateway, texts, number):
    """Another configuration, by one word of it; whether its revision is that of new requests."""
    def revision():
        with urllib.request.urlopen(f"http://127.0.0.1:{gateway.port}/readyz", timeout=5) as answer:
            return json.load(answer)["revision"]

    before, file = revision(), f"{gateway.folder}/policies/texts.json"
    texts["declaration"]["en"] = f"Reload {number}."
    with open(f"{file}.new", "w") as new:
        json.dump(texts, new)
    os.rename(f"{file}.new", file)
    os.kill(gateway.pid, signal.SIGHUP)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if revision() != before:
            return True
        time.sleep(0.01)
    return False


def reloads(gateway, mock, load, _seconds):
    """500 overviews/s, sources of 20 ms: without, and with 100 reloads of another configuration each."""
    if not os.path.exists(f"{gateway.folder}/policies/texts.json"):
        return {}
    mock.calm()
    mock.set(src="all", delay=20)
    seconds, rate = RELOADS * RELOAD_EVERY_S, 500
    quiet = load.run(gateway, 200, seconds, 1, rate)
    process, done = load.start(gateway.port, 200, seconds, 1, rate), 0
    with open(f"{gateway.folder}/policies/texts.json") as file:
        texts = json.load(file)
    began = time.monotonic() + 1
    for number in range(RELOADS):
        time.sleep(max(0.0, began + number * RELOAD_EVERY_S - time.monotonic()))
        done += put_in_force(gateway, texts, number)
    seen = json.loads(process.communicate()[0])
    mock.calm()
    added = {name: (seen["lat"][name] - quiet["lat"][name]) / 1000 for name in ("p50", "p99", "max")}
    return {"reloads": done, "lost requests, 100 reloads": seen["errors"] + seen["non200"],
            "overviews/s beside reloads": seen["n"] / seconds,
            "reloads add ms p50": added["p50"], "reloads add ms p99": added["p99"],
            "reloads add ms max": added["max"]}


RELOADS_TIMED = 10  # the fastest counts: what else the machine does only adds


class Second:
    """The same configuration in a process of its own, beside the one that is loaded."""

    def __init__(self, gateway):
        self.folder = f"{gateway.folder}/second"
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        with open(f"{gateway.folder}/overblikd.json") as file:
            main = json.load(file)
        main["listen"]["plain_port"] = 0
        main["folders"] = {name: f"{gateway.folder}/{name}" for name in ("sources", "policies")}
        with open(f"{self.folder}/overblikd.json", "w") as file:
            json.dump(main, file)
        began = time.monotonic()
        self.process = subprocess.Popen([f"{os.environ['OVERBLIK_BUILD']}/overblikd", "-c", f"{self.folder}/overblikd.json",
                                         "--insecure-sources", "--ports-file", f"{self.folder}/ports.json"],
                                        stderr=subprocess.DEVNULL)
        while not os.path.exists(f"{self.folder}/ports.json") and self.process.poll() is None:
            time.sleep(0.001)
        self.start_ms = (time.monotonic() - began) * 1000
        with open(f"{self.folder}/ports.json") as file:
            self.connection = http.client.HTTPConnection("127.0.0.1", json.load(file)["plain"], timeout=10)

    def revision(self):
        self.connection.request("GET", "/readyz")
        return json.load(self.connection.getresponse())["revision"]

    def reload_ms(self, path, number):
        """From the signal until new requests see another manifest."""
        before = self.revision()
        with open(path) as file:
            manifest = json.load(file)
        manifest["name"]["en"] = f"Renamed {number}"
        with open(f"{path}.new", "w") as file:
            json.dump(manifest, file)
        os.rename(f"{path}.new", path)
        began = time.monotonic()
        self.process.send_signal(signal.SIGHUP)
        while self.revision() == before and time.monotonic() - began < 10:
            time.sleep(0.002)
        return (time.monotonic() - began) * 1000

    def stop(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait()


def registered(gateway, mock, load, seconds):
    """1,000 sources more, which the portal has no agreement about: starting, reloading, and what they add."""
    mock.calm()
    result = {"CPU us, saturated": load.run(gateway, 16, seconds)["cpu_us"]}
    manifests = sorted(glob.glob(f"{gateway.folder}/sources/*.json"))
    second = Second(gateway)
    try:
        before = cpu_us(second.process.pid)
        reloads = [second.reload_ms(manifests[-1], number) for number in range(RELOADS_TIMED)]
        used = (cpu_us(second.process.pid) - before) / 1000 / RELOADS_TIMED
    finally:
        second.stop()
    return {**result, "sources": len(manifests), "start ms": second.start_ms, "reload ms": min(reloads),
            "reload, ms of CPU": used}
