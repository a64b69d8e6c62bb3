/// Sums and maxima over some axes, accumulated in double precision over leaves that depend on the shape alone.
#pragma once
#include <stdint.h>

#include "ck_program.h"

enum { CK_SUM = 0, CK_MAX = 1 };

/// Neighbouring columns that a task sums side by side: results are cut into blocks of so many.
enum { CK_SUM_COLUMNS = 512 };

typedef struct {
  int64_t count, stride;
} ck_loop;

/// The columns or runs that make a reduction; see `reduce.inc.h`.
///
/// The result has `outer` (loops `kept`) times `columns` elements; columns lie side by side in the source. Each sums
/// `rows` (loops `reduced`) runs of `run` neighbouring elements. Either `columns` or `run` is 1.
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

/// Sums of registers of a program over the rows of `[outer, rows, columns]` elements.
///
/// The results are `[sum_count, outer, columns]`, and so are the partial ones of each leaf.
typedef struct {
  /// Without a result of its own.
  ck_program program;
  const int32_t *registers;
  float *out;
  /// Unused with one leaf.
  double *partial;
  int64_t sum_count, outer, rows, columns;
  int64_t leaf_rows, leaves;
  /// Neighbouring outer results of a task; 1 where there are leaves.
  int64_t outer_per_task;
} ck_sums;

/// A sum of `parts` arrays, `stride` elements apart, in their order.
typedef struct {
  const float *source;
  float *out;
  int64_t count, parts, stride, task_size;
} ck_partials;
