#include "internal.h"

#if defined(__x86_64__)
#define CK(name) name##_avx2
#define CK_FMA(a, b, c) __builtin_fmaf(a, b, c)
#define CK_HAS_FMA 1
#define CK_LANES 8
#define CK_PANEL_VECTORS 2
#define CK_LEVEL_TABLE ck_kernels_avx2
// A misspelt feature would drop the whole attribute, and the kernels would silently be baseline code.
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "levels/kernels.inc.h"
#pragma clang attribute pop
#endif
