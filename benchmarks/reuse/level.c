/* One level of pagesim.reuse.peeling as one pass: what bench_costs.py says would lift the limit. */
#include <stdint.h>

/* Keeps the accesses whose page the level does not hold, and what it pushes down at each; pushed
   has n + 1 pages, the first one held before. Returns how many are kept. */
int64_t one_level(const int32_t *wanted, const int32_t *pushed, int64_t n, int32_t *still_wanted,
                  int32_t *pushed_on)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        still_wanted[kept] = wanted[i];
        pushed_on[kept] = pushed[i];
        kept += wanted[i] != pushed[i];
    }
    return kept;
}
