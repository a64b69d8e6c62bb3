// Depthwise convolutions. Included once per level, after the products.

/// The pixels of the source that make some neighbouring results, and the taps that they are multiplied by.
typedef struct {
  int64_t count;
  const float *source[CK_DEPTHWISE_TAPS], *filter[CK_DEPTHWISE_TAPS];
  /// Distance of what neighbouring results read, and of the results.
  int64_t source_apart, target_apart;
} CK(sum_of_taps);

/// `vectors` vectors of channels of `pixels` results; both are known where this is called.
CK_INLINE void CK(depthwise_vectors)(
  int pixels, int vectors, const CK(sum_of_taps) *terms, int64_t channel, float *target
) {
  CK(vec) sums[CK_DEPTHWISE_PIXELS][2];
  CK_UNROLL for (int r = 0; r < pixels; r++) {
    CK_UNROLL for (int j = 0; j < vectors; j++) sums[r][j] = (CK(vec)){0};
  }
  for (int64_t t = 0; t < terms->count; t++) {
    const float *source = terms->source[t] + channel, *filter = terms->filter[t] + channel;
    CK_UNROLL for (int j = 0; j < vectors; j++) {
      CK(vec) factor = CK(vector_at)(filter + j * CK_LANES);
      CK_UNROLL for (int r = 0; r < pixels; r++) {
        sums[r][j] =
          CK(multiply_add)(factor, CK(vector_at)(source + r * terms->source_apart + j * CK_LANES), sums[r][j]);
      }
    }
  }
  CK_UNROLL for (int r = 0; r < pixels; r++) {
    CK_UNROLL for (int j = 0; j < vectors; j++) {
      *(CK(vec) *)(target + r * terms->target_apart + channel + j * CK_LANES) = sums[r][j];
    }
  }
}

/// All channels of `pixels` results.
CK_INLINE void CK(depthwise_pixels)(int pixels, const CK(sum_of_taps) *terms, int64_t channels, float *target) {
  int64_t channel = 0;
  for (; channel + 2 * CK_LANES <= channels; channel += 2 * CK_LANES) {
    CK(depthwise_vectors)(pixels, 2, terms, channel, target);
  }
  if (channel + CK_LANES <= channels) {
    CK(depthwise_vectors)(pixels, 1, terms, channel, target);
    channel += CK_LANES;
  }
  for (; channel < channels; channel++) {
    for (int r = 0; r < pixels; r++) {
      float sum = 0;
      for (int64_t t = 0; t < terms->count; t++) {
        sum = CK_FMA(terms->filter[t][channel], terms->source[t][r * terms->source_apart + channel], sum);
      }
      target[r * terms->target_apart + channel] = sum;
    }
  }
}

/// Where a tap finds its element of the source along an axis for result `at`; no index of it where it finds none.
CK_INLINE int64_t CK(tap_source)(const ck_depthwise *c, int axis, int64_t at, int64_t tap) {
  if (!c->adjoint) return at * c->stride[axis] + tap * c->dilation[axis] - c->pad[axis];
  int64_t place = at + c->pad[axis] - tap * c->dilation[axis];
  return place >= 0 && place % c->stride[axis] == 0 ? place / c->stride[axis] : -1;
}

/// What result `x` reads of some rows of the source; where `is_inside`, the results of its block read the same taps.
CK_INLINE CK(sum_of_taps) CK(terms_at)(
  const ck_depthwise *c, int64_t rows, const int64_t *row_taps, const float *const *row_at, int64_t x
) {
  int64_t n = c->channels;
  CK(sum_of_taps) terms = {.count = 0, .source_apart = n * (c->adjoint ? 1 : c->stride[1]),
                           .target_apart = n * (c->adjoint ? c->stride[1] : 1)};
  for (int64_t tap = 0; tap < c->taps[1]; tap++) {
    int64_t place = CK(tap_source)(c, 1, x, tap);
    if (place < 0 || place >= c->source_size[1]) continue;
    for (int64_t row = 0; row < rows; row++) {
      terms.source[terms.count] = row_at[row] + place * n;
      terms.filter[terms.count++] = c->filter + (row_taps[row] * c->taps[1] + tap) * n;
    }
  }
  return terms;
}

/// Whether results `x` and those that share its block read nothing outside of the source, through the same taps.
CK_INLINE int CK(is_inside)(const ck_depthwise *c, int64_t x, int64_t step) {
  int64_t last = x + (CK_DEPTHWISE_PIXELS - 1) * step;
  if (last >= c->target_size[1]) return 0;
  for (int64_t tap = 0; tap < c->taps[1]; tap++) {
    int64_t from = CK(tap_source)(c, 1, x, tap), to = CK(tap_source)(c, 1, last, tap);
    // A tap of another phase finds nothing for any of them.
    if (c->adjoint && (x + c->pad[1] - tap * c->dilation[1]) % c->stride[1] != 0) continue;
    if (from < 0 || to < 0 || to >= c->source_size[1]) return 0;
  }
  return 1;
}

/// Row `y` of an image of the target.
static void CK(depthwise_row)(const ck_depthwise *c, int64_t image, int64_t y) {
  int64_t n = c->channels, rows = 0, row_taps[CK_DEPTHWISE_TAPS];
  const float *row_at[CK_DEPTHWISE_TAPS];
  for (int64_t tap = 0; tap < c->taps[0]; tap++) {
    int64_t place = CK(tap_source)(c, 0, y, tap);
    if (place < 0 || place >= c->source_size[0]) continue;
    row_taps[rows] = tap;
    row_at[rows++] = c->source + (image * c->source_size[0] + place) * c->source_size[1] * n;
  }
  float *target = c->target + (image * c->target_size[0] + y) * c->target_size[1] * n;
  // Results a stride apart are of one phase: they see the same taps.
  int64_t step = c->adjoint ? c->stride[1] : 1;
  for (int64_t phase = 0; phase < step && phase < c->target_size[1]; phase++) {
    for (int64_t x = phase; x < c->target_size[1];) {
      CK(sum_of_taps) terms = CK(terms_at)(c, rows, row_taps, row_at, x);
      if (CK(is_inside)(c, x, step)) {
        CK(depthwise_pixels)(CK_DEPTHWISE_PIXELS, &terms, n, target + x * n);
        x += CK_DEPTHWISE_PIXELS * step;
      } else {
        CK(depthwise_pixels)(1, &terms, n, target + x * n);
        x += step;
      }
    }
  }
}

static void CK(depthwise)(const void *context, int64_t task, int64_t worker) {
  const ck_depthwise *c = context;
  (void)worker;
  int64_t rows = c->batch * c->target_size[0], first = task * c->rows_per_task;
  int64_t end = first + c->rows_per_task < rows ? first + c->rows_per_task : rows;
  for (int64_t row = first; row < end; row++) {
    CK(depthwise_row)(c, row / c->target_size[0], row % c->target_size[0]);
  }
}
