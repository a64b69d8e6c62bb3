#include "internal.h"

#define CK(name) name##_baseline
#if defined(__aarch64__)
#define CK_FMA(a, b, c) __builtin_fmaf(a, b, c)
#else
#define CK_FMA(a, b, c) ((a) * (b) + (c))
#endif
#define CK_LEVEL_TABLE ck_kernels_baseline
#include "kernels.inc.h"
