/* One geometry of a TLB hierarchy, access by access: split first level, shared second level, three
   fully associative walk caches, all LRU. Each set is a row of tags, the one used last in front. */
#include <stdint.h>
#include <stdlib.h>

typedef struct {
    int64_t mask, ways, *tags;
} Cache;

static Cache empty(int64_t sets, int64_t ways)
{
    Cache cache = {sets - 1, ways, malloc((sets * ways + 1) * sizeof(int64_t))};
    for (int64_t i = 0; i < sets * ways; i++)
        cache.tags[i] = -1;
    return cache;
}

/* Look the page up and bring it to the front; returns whether it was there. */
static inline int hits(Cache *cache, int64_t page)
{
    int64_t *tags = cache->tags + (page & cache->mask) * cache->ways;
    int64_t pushed = tags[0];
    if (pushed == page)
        return 1;
    tags[0] = page;
    for (int64_t way = 1; way < cache->ways; way++) {
        int64_t tag = tags[way];
        tags[way] = pushed;
        if (tag == page)
            return 1;
        pushed = tag;
    }
    return 0;
}

static int holds(const Cache *cache, int64_t page)
{
    const int64_t *tags = cache->tags + (page & cache->mask) * cache->ways;
    for (int64_t way = 0; way < cache->ways; way++)
        if (tags[way] == page)
            return 1;
    return 0;
}

/* shape: sets and ways of ITLB, DTLB and STLB, then the entries of the three walk caches.
   out: ITLB misses, DTLB misses, walks, entries read. */
void simulate(const int64_t *page, const uint8_t *is_data, int64_t n, const int64_t *shape,
              int64_t *out)
{
    Cache first[2] = {empty(shape[0], shape[1]), empty(shape[2], shape[3])};
    Cache second = empty(shape[4], shape[5]);
    Cache upper[3] = {empty(1, shape[6]), empty(1, shape[7]), empty(1, shape[8])};
    for (int i = 0; i < 4; i++)
        out[i] = 0;
    for (int64_t i = 0; i < n; i++) {
        if (hits(&first[is_data[i]], page[i]))
            continue;
        out[is_data[i]]++;
        if (hits(&second, page[i]))
            continue;
        out[2]++;
        int64_t reads = 4;
        /* All are asked; what the walk reads is kept, and that is nothing above the lowest hit. */
        for (int level = 1; level <= 3; level++) {
            int64_t key = page[i] >> 9 * level;
            if (reads < 4 && !holds(&upper[level - 1], key))
                continue;
            if (hits(&upper[level - 1], key) && reads == 4)
                reads = level;
        }
        out[3] += reads;
    }
    free(first[0].tags), free(first[1].tags), free(second.tags);
    for (int i = 0; i < 3; i++)
        free(upper[i].tags);
}
