#include "include/ck_level.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"

static ck_level limit = CK_AVX512;
static int limit_is_known = 1;

/// Read once, before anybody asks: `getenv` is for one thread.
__attribute__((constructor)) static void read_limit(void) {
  static const char *const names[] = {"baseline", "avx2", "avx512"};
  const char *text = getenv("ADVAS_MAX_ISA");
  if (!text || !*text) return;
  for (int level = CK_BASELINE; level <= CK_AVX512; level++) {
    if (strcmp(text, names[level])) continue;
    limit = (ck_level)level;
    return;
  }
  limit_is_known = 0;
}

ck_level ck_limit(void) { return limit; }

int ck_limit_is_known(void) { return limit_is_known; }

static ck_level level_of_processor(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
    return CK_AVX512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CK_AVX2;
#endif
  return CK_BASELINE;
}

ck_level ck_best_level(void) {
  const ck_level own = level_of_processor();
  return own < limit ? own : limit;
}

const ck_kernels *ck_kernels_of(ck_level level) {
#if defined(__x86_64__)
  if (level == CK_AVX512) return &ck_kernels_avx512;
  if (level == CK_AVX2) return &ck_kernels_avx2;
#endif
  (void)level;
  return &ck_kernels_baseline;
}
