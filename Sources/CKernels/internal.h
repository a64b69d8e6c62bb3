#pragma once
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "include/ck_copy.h"
#include "include/ck_depthwise.h"
#include "include/ck_few_channels.h"
#include "include/ck_level.h"
#include "include/ck_matmul.h"
#include "include/ck_program.h"
#include "include/ck_reduce.h"
#include "include/ck_winograd.h"
#include "levels/winograd_matrices.inc.h"

extern const ck_kernels ck_kernels_baseline;
#if defined(__x86_64__)
extern const ck_kernels ck_kernels_avx2;
extern const ck_kernels ck_kernels_avx512;
#endif
