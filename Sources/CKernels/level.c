#include "include/ck_level.h"

#include "internal.h"

ck_level ck_best_level(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
    return CK_AVX512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CK_AVX2;
#endif
  return CK_BASELINE;
}

const ck_kernels *ck_kernels_of(ck_level level) {
#if defined(__x86_64__)
  if (level == CK_AVX512) return &ck_kernels_avx512;
  if (level == CK_AVX2) return &ck_kernels_avx2;
#endif
  (void)level;
  return &ck_kernels_baseline;
}
