/* LRU positions with a Fenwick tree over time (Bennett and Kruskal 1975; Fenwick 1994).
   Pages are small numbers, so that the time a page was used last stands in an array. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline void add(int32_t *tree, int32_t size, int32_t at, int32_t amount)
{
    for (; at <= size; at += at & -at)
        tree[at] += amount;
}

static inline int32_t sum(const int32_t *tree, int32_t at)
{
    int32_t total = 0;
    for (; at > 0; at &= at - 1)
        total += tree[at];
    return total;
}

/* The textbook: one leaf for each access. hits[k] accesses found their page at position k. */
void every_access(const int64_t *page, int64_t n, int64_t pages, int64_t *hits)
{
    int32_t *tree = calloc(n + 1, sizeof *tree), *last = calloc(pages, sizeof *last), known = 0;
    for (int32_t now = 1; now <= n; now++) {
        int32_t before = last[page[now - 1]];
        if (before) {
            hits[known - sum(tree, before)]++;
            add(tree, n, before, -1);
        } else
            known++;
        add(tree, n, now, 1);
        last[page[now - 1]] = now;
    }
    free(tree), free(last);
}

/* As good as we could make it: repeats are dropped, and the clock starts again (at the number of
   pages known) whenever it has counted four times the pages, so that the tree stays in the cache. */
void few_leaves(const int64_t *page, int64_t n, int64_t pages, int64_t *hits)
{
    int32_t size = 1;
    while (size < 4 * pages)
        size *= 2;
    int32_t *tree = calloc(size + 1, sizeof *tree), *last = calloc(pages, sizeof *last);
    int32_t *owner = malloc((size + 1) * sizeof *owner), known = 0, now = 0;
    memset(owner, -1, (size + 1) * sizeof *owner);
    for (int64_t i = 0; i < n; i++) {
        if (i && page[i] == page[i - 1]) {
            hits[0]++;
            continue;
        }
        if (now == size) {
            now = 0;
            for (int32_t at = 1; at <= size; at++)
                if (owner[at] >= 0) {
                    owner[++now] = owner[at];
                    last[owner[now]] = now;
                }
            memset(owner + now + 1, -1, (size - now) * sizeof *owner);
            for (int32_t at = 1; at <= size; at++) {
                int32_t from = at - (at & -at);
                tree[at] = (at < now ? at : now) - (from < now ? from : now);
            }
        }
        now++;
        int32_t before = last[page[i]];
        if (before) {
            hits[known - sum(tree, before)]++;
            add(tree, size, before, -1);
            owner[before] = -1;
        } else
            known++;
        add(tree, size, now, 1);
        last[page[i]] = now;
        owner[now] = page[i];
    }
    free(tree), free(last), free(owner);
}
