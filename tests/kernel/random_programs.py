"""Programs drawn at random by a seed: maps, touches, advice, permissions and forks in any order."""

import random

from pagesim.kernel.steps import Advise, File, Fork, Map, Program, Protect, Touch


def draw(seed):
    """Draw a program; every third one has larger areas, some of them with huge pages."""
    rng = random.Random(seed)
    huge = seed % 3 == 0
    files, areas, steps = _files(rng, huge), {}, []
    for file, (pages, where) in files.items():
        steps.append(File(file, pages, where))
    for name in "ab"[: rng.randint(1, 2)]:
        area = _area(rng, name, files, largest=1536 if huge else 80)
        areas[name] = area
        steps.append(area)
        if huge and rng.random() < 0.8:
            steps.append(Advise(name, "hugepage", _run(rng, area.pages)))
    steps += _body(rng, areas, huge, depth=0, length=rng.randint(2, 8))
    needs = ["huge pages"] * huge + ["disk"] * any(where == "cache" for _, where in files.values())
    return Program(f"random {seed}", tuple(steps), tuple(needs))


def _files(rng, huge):
    if huge or rng.random() < 0.5:
        return {}
    where = ["memory", "memory", "cache"]
    return {name: (rng.randint(20, 100), rng.choice(where)) for name in "fg"[: rng.randint(1, 2)]}


def _area(rng, name, files, largest):
    if files and rng.random() < 0.7:
        file = rng.choice(list(files))
        return Map(
            name,
            pages=rng.randint(1, files[file][0]),
            prot=rng.choice(["rw", "rw", "r"]),
            kind=rng.choice(["private", "shared"]),
            file=file,
            populate=rng.random() < 0.2,
            shift=rng.randint(0, 20),
        )
    return Map(
        name,
        pages=rng.randint(1, largest),
        kind=rng.choice(["private", "private", "private", "shared"]),
        populate=rng.random() < 0.1,
        shift=rng.choice([0, 0, rng.randint(0, 600)]),
    )


def _body(rng, areas, huge, depth, length):
    steps = []
    for _ in range(length):
        name = rng.choice(list(areas))
        pages, prot = areas[name].pages, areas[name].prot
        choice = rng.random()
        if choice < 0.6:
            every = rng.choice([1, 1, 2, 5, 16, 64])
            run = _run(rng, pages) or range(pages)
            steps.append(Touch(name, rng.choice(prot), range(run.start, run.stop, every)))
        elif choice < 0.7:
            steps.append(Advise(name, "dontneed", _run(rng, pages)))
        elif choice < 0.8:
            run = _run(rng, pages)
            steps += [Protect(name, rng.choice(["r", ""]), run), Protect(name, prot, run)]
        elif choice < 0.9 and depth < 2:
            child = _body(rng, areas, huge, depth + 1, rng.randint(1, 4))
            parent = _body(rng, areas, huge, depth + 1, rng.randint(0, 3))
            steps.append(Fork(tuple(child), tuple(parent)))
        elif choice < 0.95 and huge:
            steps.append(Advise(name, rng.choice(["hugepage", "nohugepage"]), _run(rng, pages)))
    return steps


def _run(rng, pages):
    if rng.random() < 0.4:
        return None
    start = rng.randrange(pages)
    return range(start, rng.randint(start + 1, pages))
