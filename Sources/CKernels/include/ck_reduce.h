/// Sums and maxima over some axes, accumulated in double precision over leaves that depend on the shape alone.
#pragma once
#include <stdint.h>

enum { CK_SUM = 0, CK_MAX = 1 };

typedef struct {
  int64_t count, stride;
} ck_loop;

/// The columns or runs that make a reduction; see `reduce.inc.h`.
///
/// The result has `outer` (loops `kept`) times `columns` elements; columns lie side by side in the source. Each sums
/// `rows` (loops `reduced`, the innermost `row_stride` apart) runs of `run` neighbouring elements. Either `columns` or
/// `run` is 1.
typedef struct {
  const float *source;
  float *out;
  /// `[leaves, outer · columns]`; unused with one leaf.
  double *partial;
  int32_t kind, kept_count, reduced_count;
  const ck_loop *kept, *reduced;
  int64_t outer, columns, rows, run;
  /// Rows of one leaf; `leaves = ⌈rows / leaf_rows⌉`.
  int64_t leaf_rows, leaves;
  /// Neighbouring outer results of a task; 1 where there are leaves.
  int64_t outer_per_task;
} ck_reduce;

/// A sum of `parts` arrays, `stride` elements apart, in their order.
typedef struct {
  const float *source;
  float *out;
  int64_t count, parts, stride, task_size;
} ck_partials;
