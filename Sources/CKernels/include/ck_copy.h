/// Strided copies: broadcasts, transpositions, slices, zeros.
#pragma once
#include <stdint.h>

enum { CK_MAX_LOOPS = 8 };

typedef struct {
  int64_t count, source_stride, target_stride;
} ck_copy_loop;

/// A block; loops outermost first. A null source fills with `value`.
typedef struct {
  const float *source;
  float *target;
  float value;
  int32_t loop_count;
  ck_copy_loop loops[CK_MAX_LOOPS];
} ck_piece;

/// One piece per task.
typedef struct {
  const ck_piece *pieces;
} ck_copy;
