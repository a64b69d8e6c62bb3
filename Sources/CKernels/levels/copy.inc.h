// Strided copies. Included once per level.

typedef float CK(f8) __attribute__((vector_size(32), aligned(4)));

/// target[j][i] = source[i][j] for an 8 by 8 block.
static inline __attribute__((always_inline)) void CK(transpose8)(
  const float *source, int64_t source_stride, float *target, int64_t target_stride
) {
  CK(f8) a[8], b[8];
  for (int i = 0; i < 8; i++) a[i] = *(const CK(f8) *)(source + i * source_stride);
  for (int i = 0; i < 8; i += 2) {
    b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 8; i += 4) {
    a[i] = __builtin_shufflevector(b[i], b[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    a[i + 1] = __builtin_shufflevector(b[i], b[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    a[i + 2] = __builtin_shufflevector(b[i + 1], b[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);
    a[i + 3] = __builtin_shufflevector(b[i + 1], b[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (int i = 0; i < 4; i++) {
    *(CK(f8) *)(target + i * target_stride) =
      __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(CK(f8) *)(target + (i + 4) * target_stride) =
      __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

/// target[j][i] = source[i][j] for `rows` i and `columns` j; inner distances are 1.
static void CK(transpose)(
  const float *source, int64_t source_stride, float *target, int64_t target_stride, int64_t rows,
  int64_t columns
) {
  // Blocks of 64 source rows: their lines stay in the first-level cache while the columns go by.
  for (int64_t top = 0; top < rows; top += 64) {
    int64_t bottom = top + 64 < rows ? top + 64 : rows, j = 0;
    for (; j + 8 <= columns; j += 8) {
      int64_t i = top;
      for (; i + 8 <= bottom; i += 8) {
        CK(transpose8)(
          source + i * source_stride + j, source_stride, target + j * target_stride + i,
          target_stride);
      }
      for (; i < bottom; i++) {
        for (int64_t k = j; k < j + 8; k++) {
          target[k * target_stride + i] = source[i * source_stride + k];
        }
      }
    }
    for (; j < columns; j++) {
      for (int64_t i = top; i < bottom; i++) {
        target[j * target_stride + i] = source[i * source_stride + j];
      }
    }
  }
}

/// One run along the innermost loop; the target's elements lie side by side where `target_stride` is 1.
static inline __attribute__((always_inline)) void CK(copy_run)(
  const float *source, float *target, const ck_copy_loop *loop
) {
  int64_t n = loop->count, s = loop->source_stride, t = loop->target_stride;
  if (t == 1 && s == 1) {
    if (n >= 32) {
      __builtin_memcpy(target, source, (size_t)n * sizeof(float));
    } else {
      #pragma clang loop vectorize(assume_safety)
      for (int64_t i = 0; i < n; i++) target[i] = source[i];
    }
  } else if (t == 1 && s == 0) {
    float value = source[0];
    for (int64_t i = 0; i < n; i++) target[i] = value;
  } else {
    for (int64_t i = 0; i < n; i++) target[i * t] = source[i * s];
  }
}

/// Runs of up to four neighbouring results, as rows of small filters are: `outer` of them in one loop of known length.
static inline __attribute__((always_inline)) void CK(copy_short_runs)(
  const float *source, float *target, const ck_copy_loop *run, const ck_copy_loop *outer
) {
  int64_t s = run->source_stride;
#define CK_RUNS(n)                                                                               \
  for (int64_t i = 0; i < outer->count; i++) {                                                   \
    _Pragma("clang loop unroll(full)") for (int64_t k = 0; k < n; k++) target[k] = source[k * s]; \
    source += outer->source_stride;                                                              \
    target += outer->target_stride;                                                              \
  }
  switch (run->count) {
    case 1: CK_RUNS(1) break;
    case 2: CK_RUNS(2) break;
    case 3: CK_RUNS(3) break;
    default: CK_RUNS(4) break;
  }
#undef CK_RUNS
}

static void CK(copy)(const void *context, int64_t task, int64_t worker) {
  const ck_piece *piece = &((const ck_copy *)context)->pieces[task];
  (void)worker;
  const float *source = piece->source ? piece->source : &piece->value;
  float *target = piece->target;
  int64_t count = piece->loop_count;
  if (count == 0) {
    *target = *source;
    return;
  }
  const ck_copy_loop *last = &piece->loops[count - 1];
  // A loop that runs along the source while the innermost runs along the target makes a matrix transposition.
  int64_t along = -1;
  if (last->target_stride == 1 && last->source_stride > 1) {
    for (int64_t l = 0; l < count - 1; l++) if (piece->loops[l].source_stride == 1) along = l;
  }
  int is_short = along < 0 && count > 1 && last->target_stride == 1 && last->count <= 4;
  int64_t index[CK_MAX_LOOPS] = {0};
  for (;;) {
    if (along >= 0) {
      const ck_copy_loop *other = &piece->loops[along];
      CK(transpose)(
        source, last->source_stride, target, other->target_stride, last->count, other->count);
    } else if (is_short) {
      CK(copy_short_runs)(source, target, last, &piece->loops[count - 2]);
    } else {
      CK(copy_run)(source, target, last);
    }
    int64_t l = is_short ? count - 3 : count - 2;
    for (; l >= 0; l--) {
      if (l == along) continue;
      const ck_copy_loop *loop = &piece->loops[l];
      source += loop->source_stride;
      target += loop->target_stride;
      if (++index[l] < loop->count) break;
      source -= loop->source_stride * loop->count;
      target -= loop->target_stride * loop->count;
      index[l] = 0;
    }
    if (l < 0) return;
  }
}
