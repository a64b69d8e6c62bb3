#include "internal.h"

#if defined(__x86_64__)
#define CK(name) name##_avx512
#define CK_FMA(a, b, c) __builtin_fmaf(a, b, c)
#define CK_HAS_FMA 1
#define CK_LANES 16
#define CK_PANEL_VECTORS 4
#define CK_LEVEL_TABLE ck_kernels_avx512
// A misspelt feature would drop the whole attribute, and the kernels would silently be baseline code.
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw"))), apply_to = function)
#include "levels/kernels.inc.h"
#pragma clang attribute pop
#endif
