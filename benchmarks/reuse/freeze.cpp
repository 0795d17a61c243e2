/* Increment-and-Freeze (Bender and others, SPAA 2023) behind the interface of fenwick.c, so that
   bench_freeze.py can ask both the same. Compiled together with the authors' files, in one thread. */
#include <cstdint>

#include "increment_and_freeze.h"

/* hits[k] becomes the number of hits in a cache of k entries, up to k = pages. Repeats are dropped,
   as the later versions of the program do by themselves. */
extern "C" void hits_by_size(const int64_t *page, int64_t n, int64_t pages, int64_t *hits)
{
    IncrementAndFreeze curve;
    int64_t repeats = 0;
    for (int64_t i = 0; i < n; i++)
        if (i && page[i] == page[i - 1])
            repeats++;
        else
            curve.memory_access(page[i]);
    const auto found = curve.get_success_function();
    for (int64_t size = 1; size <= pages; size++)
        hits[size] = found[size] + repeats;
}
