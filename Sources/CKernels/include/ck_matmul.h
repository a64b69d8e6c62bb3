/// `C[m, n] = op(A) op(B)` of row-major matrices by our own kernel, for columns in multiples of 16.
#pragma once
#include <stdint.h>

enum {
  /// Columns of the widest panel of any level.
  CK_WIDEST_PANEL = 64,
  /// Rows that the kernel computes at a time: the least that a task has, where the matrix has so many.
  CK_PRODUCT_ROWS = 6,
};

typedef struct {
  int64_t m, n, k;
  /// A is stored k x m, B n x k.
  int32_t transpose_a, transpose_b;
  const float *a, *b;
  float *c;
  /// Per worker, a panel of B: `[k, CK_WIDEST_PANEL]`; unused where B is not transposed.
  float *packed;
  int64_t rows_per_task;
} ck_matmul;

/// `batch` products one behind the other, each of `tasks` tasks as `first` is.
typedef struct {
  ck_matmul first;
  int64_t batch, tasks;
  /// Matrices of a task: the same task of `per_task` of them in turn.
  int64_t per_task;
  /// Elements from one matrix to the next.
  int64_t a_stride, b_stride, c_stride;
} ck_matmul_batch;
