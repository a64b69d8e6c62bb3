#include "internal.h"

#define CK(name) name##_baseline
#if defined(__aarch64__)
#define CK_FMA(a, b, c) __builtin_fmaf(a, b, c)
#define CK_HAS_FMA 1
#define CK_PANEL_VECTORS 4
#else
#define CK_FMA(a, b, c) ((a) * (b) + (c))
#define CK_HAS_FMA 0
#define CK_PANEL_VECTORS 2
#endif
#define CK_LANES 4
#define CK_LEVEL_TABLE ck_kernels_baseline
#include "levels/kernels.inc.h"
