// Reductions. Included once per level.

static inline __attribute__((always_inline)) double CK(join)(int32_t kind, double a, double b) {
  // NaN wins over any number, as in PyTorch.
  return kind == CK_SUM ? a + b : (((b > a) | (b != b)) ? b : a);
}

/// Where nested loops stand at their `index`-th visit.
static int64_t CK(place)(const ck_loop *loops, int64_t count, int64_t index) {
  int64_t place = 0;
  for (int64_t l = count - 1; l >= 0; l--) {
    place += index % loops[l].count * loops[l].stride;
    index /= loops[l].count;
  }
  return place;
}

enum { CK(lanes) = 16, CK(width) = CK_SUM_COLUMNS };

/// One leaf of one result: `rows` runs from row `first` on, in 16 lanes.
static inline __attribute__((always_inline)) double CK(reduce_runs)(
  const ck_reduce *r, int32_t kind, const float *base, int64_t first, int64_t rows
) {
  double start = kind == CK_SUM ? 0.0 : -__builtin_inf();
  double lanes[CK(lanes)];
  for (int64_t j = 0; j < CK(lanes); j++) lanes[j] = start;
  for (int64_t row = first; row < first + rows; row++) {
    const float *x = base + CK(place)(r->reduced, r->reduced_count, row);
    int64_t i = 0;
    for (; i + CK(lanes) <= r->run; i += CK(lanes)) {
      #pragma clang loop vectorize(enable)
      for (int64_t j = 0; j < CK(lanes); j++) lanes[j] = CK(join)(kind, lanes[j], (double)x[i + j]);
    }
    for (int64_t j = 0; i + j < r->run; j++) lanes[j] = CK(join)(kind, lanes[j], (double)x[i + j]);
  }
  for (int64_t half = CK(lanes) / 2; half > 0; half /= 2) {
    for (int64_t j = 0; j < half; j++) lanes[j] = CK(join)(kind, lanes[j], lanes[j + half]);
  }
  return lanes[0];
}

/// Adds `rows` rows of `width` numbers, `stride` apart, to `sums`.
static inline __attribute__((always_inline)) void CK(join_rows)(
  int32_t kind, double *sums, const float *x, int64_t stride, int64_t rows, int64_t width
) {
  // Several rows at a time: loading and storing the sums would take longer than adding.
  enum { GROUP = 8 };
  int64_t row = 0;
  for (; row + GROUP <= rows; row += GROUP, x += GROUP * stride) {
    #pragma clang loop vectorize(assume_safety)
    for (int64_t j = 0; j < width; j++) {
      double sum = sums[j];
      _Pragma("clang loop unroll(full)")
      for (int64_t i = 0; i < GROUP; i++) sum = CK(join)(kind, sum, (double)x[i * stride + j]);
      sums[j] = sum;
    }
  }
  for (; row < rows; row++, x += stride) {
    #pragma clang loop vectorize(assume_safety)
    for (int64_t j = 0; j < width; j++) sums[j] = CK(join)(kind, sums[j], (double)x[j]);
  }
}

/// One leaf of up to CK_SUM_COLUMNS neighbouring results; `sums` holds them afterwards.
static inline __attribute__((always_inline)) void CK(reduce_columns)(
  const ck_reduce *r, int32_t kind, const float *base, int64_t width, int64_t first, int64_t rows,
  double *sums
) {
  double start = kind == CK_SUM ? 0.0 : -__builtin_inf();
  const ck_loop *inner = &r->reduced[r->reduced_count - 1];
  // Rows that follow each other without a gap are taken several at a time, each with sums of its own.
  int64_t fold = 1;
  if (width == r->columns && inner->stride == width && width < CK_TILE) {
    fold = CK_TILE / width < inner->count ? CK_TILE / width : inner->count;
  }
  for (int64_t j = 0; j < width * fold; j++) sums[j] = start;
  for (int64_t row = first; row < first + rows;) {
    int64_t at = row % inner->count;
    int64_t end = inner->count - at < first + rows - row ? inner->count - at : first + rows - row;
    const float *x = base + CK(place)(r->reduced, r->reduced_count, row);
    int64_t whole = end / fold;
    CK(join_rows)(kind, sums, x, fold * inner->stride, whole, width * fold);
    CK(join_rows)(kind, sums, x + whole * fold * inner->stride, inner->stride, end - whole * fold, width);
    row += end;
  }
  for (int64_t f = 1; f < fold; f++) {
    for (int64_t j = 0; j < width; j++) sums[j] = CK(join)(kind, sums[j], sums[f * width + j]);
  }
}

static inline __attribute__((always_inline)) void CK(reduce_kind)(
  const ck_reduce *r, int32_t kind, int64_t task
) {
  int64_t blocks = (r->columns + CK(width) - 1) / CK(width);
  int64_t leaf = task % r->leaves, block = task / r->leaves % blocks;
  int64_t outer = task / r->leaves / blocks * r->outer_per_task;
  int64_t end = outer + r->outer_per_task < r->outer ? outer + r->outer_per_task : r->outer;
  int64_t first = leaf * r->leaf_rows, column = block * CK(width);
  int64_t rows = first + r->leaf_rows < r->rows ? r->leaf_rows : r->rows - first;
  int64_t width = r->columns - column < CK(width) ? r->columns - column : CK(width);
  double sums[CK(width)];
  for (; outer < end; outer++) {
    const float *base = r->source + CK(place)(r->kept, r->kept_count, outer) + column;
    if (r->columns > 1) CK(reduce_columns)(r, kind, base, width, first, rows, sums);
    else sums[0] = CK(reduce_runs)(r, kind, base, first, rows);
    int64_t result = outer * r->columns + column;
    for (int64_t j = 0; j < width; j++) {
      if (r->leaves > 1) r->partial[leaf * r->outer * r->columns + result + j] = sums[j];
      else r->out[result + j] = (float)sums[j];
    }
  }
}

/// Tasks: (group of outer results, block of columns, leaf).
static void CK(reduce)(const void *context, int64_t task, int64_t worker) {
  const ck_reduce *r = context;
  (void)worker;
  if (r->kind == CK_SUM) CK(reduce_kind)(r, CK_SUM, task);
  else CK(reduce_kind)(r, CK_MAX, task);
}

/// Joins the leaves of 4096 results in their order.
static void CK(combine)(const void *context, int64_t task, int64_t worker) {
  const ck_reduce *r = context;
  (void)worker;
  int64_t total = r->outer * r->columns, from = task * 4096;
  int64_t to = from + 4096 < total ? from + 4096 : total;
  for (int64_t j = from; j < to; j++) {
    double value = r->partial[j];
    for (int64_t leaf = 1; leaf < r->leaves; leaf++) {
      value = CK(join)(r->kind, value, r->partial[leaf * total + j]);
    }
    r->out[j] = (float)value;
  }
}

/// Adds up the program's sums over one leaf: `rows` rows of `width` columns from element `base` on.
static void CK(sum_leaf)(
  const ck_sums *s, const CK(machine) *machine, int64_t base, int64_t rows, int64_t width, double (*sums)[CK(width)]
) {
  int64_t is_whole = width == s->columns, stretch = is_whole ? rows * width : width;
  // Narrow rows are taken several at a time, each with sums of its own.
  int64_t fold = 1;
  if (is_whole && width < CK_TILE) fold = CK_TILE / width < rows ? CK_TILE / width : rows;
  int64_t period = width * fold;
  for (int64_t k = 0; k < s->sum_count; k++) {
    for (int64_t j = 0; j < period; j++) sums[k][j] = 0.0;
  }
  for (int64_t row = 0; row < (is_whole ? 1 : rows); row++) {
    for (int64_t i = 0, place = 0, n; i < stretch; i += n, place = place + n == period ? 0 : place + n) {
      n = period - place < CK_TILE ? period - place : CK_TILE;
      if (n > stretch - i) n = stretch - i;
      CK(execute)(machine, base + row * s->columns + i, n);
      for (int64_t k = 0; k < s->sum_count; k++) {
        CK(join_rows)(CK_SUM, sums[k] + place, machine->registers[s->registers[k]], 0, 1, n);
      }
    }
  }
  for (; fold > 1; fold = (fold + 1) / 2) {
    int64_t half = (fold + 1) / 2 * width, n = fold * width - half;
    for (int64_t k = 0; k < s->sum_count; k++) {
      #pragma clang loop vectorize(assume_safety)
      for (int64_t j = 0; j < n; j++) sums[k][j] += sums[k][half + j];
    }
  }
}

/// Adds up outer results that are a fraction of a tile each, several of them in one run of the program.
static void CK(short_sums)(const ck_sums *s, const CK(machine) *machine, int64_t outer, int64_t end) {
  int64_t each = s->rows * s->columns, most = CK_TILE / each;
  for (int64_t n; outer < end; outer += n) {
    n = end - outer < most ? end - outer : most;
    CK(execute)(machine, outer * each, n * each);
    for (int64_t k = 0; k < s->sum_count; k++) {
      const float *x = machine->registers[s->registers[k]];
      float *out = s->out + (k * s->outer + outer) * s->columns;
      for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < s->columns; j++) {
          double sum = 0.0;
          for (int64_t row = 0; row < s->rows; row++) sum += (double)x[i * each + row * s->columns + j];
          out[i * s->columns + j] = (float)sum;
        }
      }
    }
  }
}

/// Tasks: (group of outer results, block of columns, leaf).
static void CK(sums)(const void *context, int64_t task, int64_t worker) {
  const ck_sums *s = context;
  (void)worker;
  CK_MACHINE(machine, &s->program);
  int64_t blocks = (s->columns + CK(width) - 1) / CK(width);
  int64_t leaf = task % s->leaves, block = task / s->leaves % blocks;
  int64_t outer = task / s->leaves / blocks * s->outer_per_task;
  int64_t end = outer + s->outer_per_task < s->outer ? outer + s->outer_per_task : s->outer;
  int64_t first = leaf * s->leaf_rows, column = block * CK(width);
  int64_t rows = first + s->leaf_rows < s->rows ? s->leaf_rows : s->rows - first;
  int64_t width = s->columns - column < CK(width) ? s->columns - column : CK(width);
  if (s->leaves == 1 && s->rows * s->columns <= CK_TILE / 2) {
    CK(short_sums)(s, &machine, outer, end);
    return;
  }
  double sums[s->sum_count][CK(width)];
  for (; outer < end; outer++) {
    CK(sum_leaf)(s, &machine, (outer * s->rows + first) * s->columns + column, rows, width, sums);
    for (int64_t k = 0; k < s->sum_count; k++) {
      int64_t result = (k * s->outer + outer) * s->columns + column;
      for (int64_t j = 0; j < width; j++) {
        if (s->leaves > 1) s->partial[leaf * s->sum_count * s->outer * s->columns + result + j] = sums[k][j];
        else s->out[result + j] = (float)sums[k][j];
      }
    }
  }
}

static void CK(sum_partials)(const void *context, int64_t task, int64_t worker) {
  const ck_partials *p = context;
  (void)worker;
  int64_t from = task * p->task_size;
  int64_t to = from + p->task_size < p->count ? from + p->task_size : p->count;
  for (int64_t at = from; at < to; at += CK_TILE) {
    int64_t n = to - at < CK_TILE ? to - at : CK_TILE;
    float sum[CK_TILE];
    __builtin_memcpy(sum, p->source + at, (size_t)n * sizeof(float));
    for (int64_t part = 1; part < p->parts; part++) {
      const float *x = p->source + part * p->stride + at;
      for (int64_t i = 0; i < n; i++) sum[i] += x[i];
    }
    __builtin_memcpy(p->out + at, sum, (size_t)n * sizeof(float));
  }
}
