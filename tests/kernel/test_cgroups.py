"""Memory cgroups: a limit, reclaim within it, and the OOM killer whose report adds up."""

import re
from pathlib import Path

import pytest

from pagesim.kernel import Kernel, Killed, OutOfMemory

PAGE = 4096


def group_of(limit, swap="0", ram="64 MiB", **arguments):
    kernel = Kernel(ram=ram, swap=swap, **arguments)
    group = kernel.cgroup("web", limit)
    return kernel, group, kernel.spawn("web", group)


def read(kernel, name):
    """A file of the group, as numbers by name; a single number as such."""
    rows = [line.split() for line in kernel.cat(f"/sys/fs/cgroup/web/{name}").splitlines()]
    return int(rows[0][0]) if len(rows[0]) == 1 else {key: int(value) for key, value in rows}


def test_what_a_process_brings_in_is_charged_to_its_group():
    kernel, _, process = group_of("4 MiB")
    process.touch(process.mmap(100 * PAGE), "w")
    process.touch(process.mmap(20 * PAGE, kind="shared"), "w")
    file = kernel.file("/data", bytes(64 * PAGE))
    kernel.spawn().touch(kernel.processes[2].mmap(64 * PAGE, "r", "shared", file), "r", range(1))
    process.touch(process.mmap(64 * PAGE, "r", "shared", file), "r")
    stat = read(kernel, "memory.stat")
    assert stat["anon"] == 100 * PAGE
    assert stat["shmem"] == 20 * PAGE
    assert stat["file"] == (20 + 64 - 32) * PAGE  # the other process has read some of it before
    assert stat["pagetables"] == (process.space.table.user_tables + 1) * PAGE
    assert read(kernel, "memory.current") == stat["anon"] + stat["file"] + stat["kernel"]
    assert read(kernel, "memory.max") == 4 << 20
    assert stat["pgfault"] == process.minflt + process.majflt
    assert stat["pgmajfault"] == process.majflt


def test_its_own_pages_leave_although_memory_is_free():
    kernel, group, process = group_of("1 MiB", swap="4 MiB")
    other = kernel.spawn()
    mine = other.mmap(100 * PAGE)
    other.touch(mine)
    area = process.mmap(400 * PAGE)
    process.touch(area)
    assert group.pages == 256
    assert kernel.memory.free_frames * PAGE > 60 << 20
    assert read(kernel, "memory.swap.current") == process.counters.VmSwap * 1024 > 0
    assert other.touch(mine, "r") == {"hit": 100}
    events, stat = read(kernel, "memory.events"), read(kernel, "memory.stat")
    assert events["max"] == stat["pgsteal"] == process.counters.VmSwap // 4
    assert (events["oom"], events["oom_kill"]) == (0, 0)
    assert stat["pgscan"] >= stat["pgsteal"]
    assert kernel.counters["pswpout"] == stat["pgsteal"]
    vmstat = dict(line.split() for line in kernel.cat("/proc/vmstat").splitlines())
    assert vmstat["pgsteal_direct"] == "0"  # the machine itself was never short


def test_file_pages_of_the_group_are_dropped():
    kernel, group, process = group_of("256 KiB")
    file = kernel.file("/data", bytes(200 * PAGE))
    area = process.mmap(200 * PAGE, "r", "shared", file)
    process.madvise(area, "random")
    assert process.touch(area, "r") == {"major": 200}
    assert group.pages == 64
    assert process.touch(area, "r")["major"] > 100  # and so again and again


def test_a_child_is_in_its_parent_s_group_and_pays_for_its_copies():
    kernel, group, process = group_of("8 MiB")
    area = process.mmap(50 * PAGE)
    process.touch(area)
    before = read(kernel, "memory.stat")["anon"]
    child = process.fork()
    assert read(kernel, "memory.stat")["anon"] == before
    child.touch(area, "w", range(20))
    assert read(kernel, "memory.stat")["anon"] == before + 20 * PAGE
    child.exit()
    assert read(kernel, "memory.stat")["anon"] == before
    process.exit()
    assert read(kernel, "memory.current") == 0
    assert group.spaces == {}


def test_who_moves_leaves_his_pages_charged_behind():
    _, group, process = group_of("8 MiB")
    area = process.mmap(50 * PAGE)
    process.touch(area)
    process.join(None)
    assert group.charged["anon"] == 50
    process.touch(process.mmap(10 * PAGE))
    assert group.charged["anon"] == 50
    process.munmap(area)
    assert group.charged["anon"] == 0


def test_a_huge_page_that_does_not_fit_becomes_small_ones():
    kernel, _, process = group_of("1 MiB", thp="always")
    area = process.mmap(2 << 20)
    process.touch(area, "w", range(100))
    assert process.smaps(area).AnonHugePages == 0
    assert process.smaps(area).Rss == 400
    assert kernel.pool.events["thp_fault_fallback_charge"] >= 1


def test_group_books_agree_with_the_frames():
    kernel, group, process = group_of("3 MiB", swap="64 MiB", thp="always")
    area = process.mmap(4 << 20)
    for _ in range(2):
        process.touch(area)
        process.madvise(area.start, "dontneed", 300 * PAGE)
        process.fork().touch(area, "w", range(0, 1024, 3))
    frames = [frame for frame in kernel.pool.frames.values() if frame.group is group]
    assert group.charged.total() == sum(frame.pages for frame in frames)
    assert group.pages <= 768


# -- the OOM killer --------------------------------------------------------------------------------

ROW = re.compile(
    r"\[ *(?P<pid>\d+)\] +(?P<uid>\d+) +(?P<tgid>\d+) +(?P<total_vm>\d+) +(?P<rss>\d+)"
    r" +(?P<anon>\d+) +(?P<file>\d+) +(?P<shmem>\d+) +(?P<tables>\d+) +(?P<swap>\d+)"
    r" +(?P<adj>-?\d+) (?P<name>.+)"
)


@pytest.fixture
def killed():
    """Three processes in a group of 4 MiB; the smallest asks for one page too many."""
    kernel = Kernel(ram="64 MiB")
    group = kernel.cgroup("web", "4 MiB")
    sizes = {"cache": 500, "worker": 300, "cron": 10}
    processes = {}
    for name, pages in sizes.items():
        processes[name] = kernel.spawn(name, group)
        processes[name].touch(processes[name].mmap(pages * PAGE))
    return kernel, group, processes


def fill(process):
    process.touch(process.mmap(2000 * PAGE))


def test_the_largest_is_killed_and_the_one_who_asked_goes_on(killed):
    kernel, _, processes = killed
    cron = processes["cron"]
    cron.touch(cron.mmap(250 * PAGE))
    assert not kernel.dmesg or processes["cache"].ended
    cron.touch(cron.mmap(200 * PAGE))
    assert processes["cache"].ended
    assert not processes["worker"].ended
    assert "cron invoked oom-killer" in kernel.dmesg[0]
    assert kernel.dmesg[-1].startswith("Memory cgroup out of memory: Killed process 1 (cache) ")


def test_who_is_killed_while_it_asks_is_told(killed):
    kernel, _, processes = killed
    with pytest.raises(Killed, match=r"Process\(1\) was killed") as caught:
        fill(processes["cache"])
    assert caught.value.task is processes["cache"]
    assert set(kernel.processes) == {2, 3}
    assert read(kernel, "memory.events")["oom_kill"] == 1
    with pytest.raises(ValueError, match="process 1 has ended"):
        processes["cache"].read(0)


def test_the_adjustment_decides(killed):
    kernel, _, processes = killed
    processes["cache"].oom_score_adj = -1000
    processes["cron"].oom_score_adj = 1000  # as much as the whole limit
    fill_worker = pytest.raises(Killed)
    with fill_worker:
        fill(processes["worker"])
    assert "Killed process 3 (cron)" in kernel.dmesg[-1] or processes["cron"].ended
    assert not processes["cache"].ended


def test_where_all_are_spared_memory_just_ends(killed):
    kernel, _, processes = killed
    for process in processes.values():
        process.oom_score_adj = -1000
    with pytest.raises(OutOfMemory, match="all of its processes are spared"):
        fill(processes["cache"])
    assert kernel.dmesg == []


def test_the_report_adds_up(killed):
    kernel, _, processes = killed
    with pytest.raises(Killed):
        fill(processes["cache"])
    report = kernel.dmesg
    usage, limit = map(
        int,
        re.search(
            r"^memory: usage (\d+)kB, limit (\d+)kB", "\n".join(report), re.MULTILINE
        ).groups(),
    )
    assert usage <= limit == 4096
    rows = [ROW.fullmatch(line) for line in report if ROW.fullmatch(line)]
    assert [row["name"] for row in rows] == ["cache", "worker", "cron"]
    stat = dict(line.split() for line in report if re.fullmatch(r"[a-z_]+ \d+", line))
    assert sum(int(row["anon"]) for row in rows) * PAGE == int(stat["anon"])
    roots = len(rows) * PAGE
    assert sum(int(row["tables"]) for row in rows) + roots == int(stat["pagetables"])
    assert (int(stat["anon"]) + int(stat["file"]) + int(stat["kernel"])) == usage * 1024
    for row in rows:
        assert int(row["rss"]) == sum(int(row[kind]) for kind in ("anon", "file", "shmem"))

    def points(row):
        return int(row["rss"]) + int(row["swap"]) + int(row["tables"]) // PAGE

    assert max(rows, key=points)["name"] == "cache"
    last = report[-1]
    assert f"anon-rss:{int(rows[0]['anon']) * 4}kB" in last
    assert f"pgtables:{int(rows[0]['tables']) // 1024}kB" in last
    assert f"total-vm:{int(rows[0]['total_vm']) * 4}kB" in last
    assert "oom_memcg=/web,task_memcg=/web,task=cache,pid=1,uid=0" in report[-2]


def test_the_report_has_the_format_that_linux_6_18_was_seen_to_print(killed):
    kernel, _, processes = killed
    with pytest.raises(Killed):
        fill(processes["cache"])
    head = "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes "
    head += "swapents oom_score_adj name"
    row = "[   2707]     0  2707      844      472       32      440         0    49152        0 "
    row += "            0 bwrap"
    assert head in kernel.dmesg
    ours = kernel.dmesg[kernel.dmesg.index(head) + 1]
    assert ROW.fullmatch(row)["tables"] == "49152"
    assert [match.end() for match in re.finditer(r"\d+\b", ours)] == [
        match.end() for match in re.finditer(r"\d+\b", row)
    ]


@pytest.mark.skipif(not Path("/sys/fs/cgroup/cgroup.controllers").exists(), reason="no cgroup v2")
def test_lines_of_memory_stat_are_linux_s_in_its_order():
    real = Path("/sys/fs/cgroup/memory.stat")
    if not real.exists():
        pytest.skip("the root group has no memory.stat")
    names = [line.split()[0] for line in real.read_text().splitlines()]
    kernel, _, _ = group_of("1 MiB")
    ours = list(read(kernel, "memory.stat"))
    assert ours == [name for name in names if name in ours]
