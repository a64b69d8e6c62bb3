/// Instruction-set levels; every kernel exists once per level and is chosen when a step is prepared.
#pragma once
#include <stdint.h>

/// One piece of a step: `task` of those that the step was cut into, on worker `worker` (0 is the caller).
typedef void (*ck_task)(const void *context, int64_t task, int64_t worker);

typedef enum { CK_BASELINE = 0, CK_AVX2 = 1, CK_AVX512 = 2 } ck_level;

/// The level that the environment variable `ADVAS_MAX_ISA` allows, the highest where it is not set.
ck_level ck_limit(void);

/// 0 where that variable names no level; then it limits nothing.
int ck_limit_is_known(void);

/// The best level that this processor and our kernels have, and `ck_limit` allows.
ck_level ck_best_level(void);

/// Kernels of one level. Contexts: `ck_program`, `ck_reduce`, `ck_sums`, `ck_copy`, `ck_partials`, `ck_matmul`,
/// `ck_matmul_batch`, `ck_winograd`, `ck_depthwise`, `ck_few_channels`.
typedef struct {
  ck_task program;
  ck_task reduce;
  /// Second pass of a reduction that was cut into leaves.
  ck_task combine;
  ck_task sums;
  ck_task copy;
  ck_task sum_partials;
  ck_task matmul, matmul_batch;
  /// Columns of a panel and of a vector; see `ck_winograd.h`.
  int64_t winograd_panel, winograd_lanes;
  ck_task winograd_filters, winograd_adjoint_filters, winograd_inputs, winograd_outputs;
  ck_task winograd_grouped_inputs, winograd_grouped_outputs;
  ck_task winograd_forward, winograd_input_gradient, winograd_filter_gradient;
  /// See `ck_depthwise.h`.
  ck_task depthwise;
  /// See `ck_few_channels.h`.
  ck_task few_to_many, many_to_few, few_gradient;
} ck_kernels;

const ck_kernels *ck_kernels_of(ck_level level);
