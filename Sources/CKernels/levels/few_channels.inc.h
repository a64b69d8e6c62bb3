// Convolutions between few and many channels. Included once per level, after the products and the tile VM.

/// Rows and columns of an image of few channels that taps reach, pads among them.
CK_INLINE int64_t CK(reach)(const ck_few_channels *c, int axis) {
  return (c->many_size[axis] - 1) * c->stride + c->taps[axis];
}

CK_INLINE int64_t CK(few_count)(const ck_few_channels *c) { return c->few_size[0] * c->few_size[1] * c->few_channels; }
CK_INLINE int64_t CK(many_pixels)(const ck_few_channels *c) { return c->many_size[0] * c->many_size[1]; }

/// Copies the image to where all of its patches lie inside of memory, zeros around it.
static void CK(pad_image)(const ck_few_channels *c, int64_t image, float *padded) {
  int64_t rows = CK(reach)(c, 0), columns = CK(reach)(c, 1), f = c->few_channels;
  int64_t width = columns - c->pad[1] < c->few_size[1] ? columns - c->pad[1] : c->few_size[1];
  const float *source = c->few + image * CK(few_count)(c);
  __builtin_memset(padded, 0, (size_t)(rows * columns * f) * sizeof(float));
  for (int64_t y = 0; width > 0 && y < c->few_size[0] && y + c->pad[0] < rows; y++) {
    __builtin_memcpy(
      padded + ((y + c->pad[0]) * columns + c->pad[1]) * f, source + y * c->few_size[1] * f,
      (size_t)(width * f) * sizeof(float));
  }
}

/// Patches at `patches`, one for each row of the result, times the filter.
CK_INLINE void CK(patch_product)(
  int vectors, const ck_few_channels *c, const float *const *patches, const float *filter, float *out
) {
  enum { ROWS = CK(product_rows) };
  CK(vec) sums[ROWS][CK_PANEL_VECTORS];
  int64_t line = c->taps[1] * c->few_channels, apart = CK(reach)(c, 1) * c->few_channels, m = c->many_channels;
  CK_UNROLL for (int r = 0; r < ROWS; r++) {
    CK_UNROLL for (int j = 0; j < vectors; j++) sums[r][j] = (CK(vec)){0};
  }
  for (int64_t y = 0; y < c->taps[0]; y++) {
    for (int64_t k = y * apart; k < y * apart + line; k++, filter += m) {
      CK(vec) row[CK_PANEL_VECTORS];
      CK_UNROLL for (int j = 0; j < vectors; j++) row[j] = CK(vector_at)(filter + j * CK_LANES);
      CK_UNROLL for (int r = 0; r < ROWS; r++) {
        CK(vec) factor = CK(vector_of)(patches[r][k]);
        CK_UNROLL for (int j = 0; j < vectors; j++) sums[r][j] = CK(multiply_add)(factor, row[j], sums[r][j]);
      }
    }
  }
  CK_UNROLL for (int r = 0; r < ROWS; r++) {
    CK_UNROLL for (int j = 0; j < vectors; j++) *(CK(vec) *)(out + r * m + j * CK_LANES) = sums[r][j];
  }
}

/// All pixels of an image of many channels.
static void CK(spread_pixels)(const ck_few_channels *c, const float *padded, float *out) {
  enum { ROWS = CK(product_rows) };
  int64_t f = c->few_channels, m = c->many_channels, columns = CK(reach)(c, 1), pixels = CK(many_pixels)(c);
  for (int64_t p = 0; p < pixels; p += ROWS) {
    // The last ones are taken with some before them, computed twice and alike.
    int64_t at = p + ROWS <= pixels ? p : pixels - ROWS, y = at / c->many_size[1], x = at % c->many_size[1];
    const float *patches[ROWS];
    for (int r = 0; r < ROWS; r++) {
      patches[r] = padded + c->stride * (y * columns + x) * f;
      if (++x == c->many_size[1]) x = 0, y++;
    }
    for (int64_t column = 0; column < m; column += CK(panel)) {
      int64_t width = m - column < CK(panel) ? m - column : CK(panel);
#define CK_CALL(v) CK(patch_product)(v, c, patches, c->filter + column, out + at * m + column)
      CK_EACH_WIDTH(width / CK_LANES, CK_CALL)
#undef CK_CALL
    }
  }
}

/// Images of many channels, the sums of their patches of the few.
static void CK(few_to_many)(const void *context, int64_t task, int64_t worker) {
  const ck_few_channels *c = context;
  float *padded = c->scratch + worker * c->scratch_size;
  int64_t pixels = CK(many_pixels)(c), m = c->many_channels;
  int64_t end = (task + 1) * c->images_per_task < c->batch ? (task + 1) * c->images_per_task : c->batch;
  for (int64_t image = task * c->images_per_task; image < end; image++) {
    CK(pad_image)(c, image, padded);
    CK(spread_pixels)(c, padded, c->many + image * pixels * m);
  }
}

/// What each tap adds for each pixel of many channels: `[pixels, columns]`.
static void CK(tap_products)(const ck_few_channels *c, const float *many, float *products) {
  int64_t pixels = CK(many_pixels)(c), m = c->many_channels;
  for (int64_t column = 0; column < c->columns; column += CK(panel)) {
    int64_t width = c->columns - column < CK(panel) ? c->columns - column : CK(panel);
    // A single vector leaves room for twice the rows.
    int64_t rows = width == CK_LANES && pixels >= 2 * CK(product_rows) ? 2 * CK(product_rows) : CK(product_rows);
    for (int64_t p = 0; p < pixels; p += rows) {
      int64_t at = p + rows <= pixels ? p : pixels - rows;
      CK(ahead) ahead = {many + at * m, c->filter, 0, 0};
#define CK_CALL(v)                                                                                     \
  CK(product)(                                                                                         \
    CK(product_rows), v, 0, m, many + at * m, m, 1, c->filter + column, c->columns,                    \
    products + at * c->columns + column, c->columns, ahead)
      if (rows > CK(product_rows)) {
        CK(product)(
          2 * CK(product_rows), 1, 0, m, many + at * m, m, 1, c->filter + column, c->columns,
          products + at * c->columns + column, c->columns, ahead);
      } else {
        CK_EACH_WIDTH(width / CK_LANES, CK_CALL)
      }
#undef CK_CALL
    }
  }
}

/// Row `y` of an image of few channels, pads among its columns: the sum of what the taps over it add.
static void CK(gather_row)(const ck_few_channels *c, const float *products, int64_t y, float *row) {
  int64_t f = c->few_channels, line = c->taps[1] * f, width = c->many_size[1];
  const float *lines[CK_FEW_TAPS];
  int count = 0;
  for (int64_t tap = 0; tap < c->taps[0]; tap++) {
    int64_t from = y + c->pad[0] - tap;
    if (from < 0 || from % c->stride || from / c->stride >= c->many_size[0]) continue;
    lines[count++] = products + from / c->stride * width * c->columns + tap * line;
  }
  if (count == 0) return;
  for (int64_t x = 0; x < width; x++) {
    float *target = row + x * c->stride * f, sums[CK_FEW_TAPS * 4];
    for (int64_t j = 0; j < line; j += CK_LANES) {
      CK(vec) sum = CK(vector_at)(lines[0] + x * c->columns + j);
      for (int l = 1; l < count; l++) sum += CK(vector_at)(lines[l] + x * c->columns + j);
      *(CK(vec) *)(sums + j) = sum;
    }
    #pragma clang loop vectorize(disable)
    for (int64_t j = 0; j < line; j++) target[j] += sums[j];
  }
}

/// Images of few channels, the sums of what taps add for each pixel of many.
static void CK(many_to_few)(const void *context, int64_t task, int64_t worker) {
  const ck_few_channels *c = context;
  float *products = c->scratch + worker * c->scratch_size;
  int64_t pixels = CK(many_pixels)(c), f = c->few_channels, line = c->few_size[1] * f;
  float *row = products + pixels * c->columns + CK_FEW_TAPS * 4;
  int64_t reach = CK(reach)(c, 1), shown = c->pad[1] + c->few_size[1];
  size_t row_bytes = (size_t)((reach > shown ? reach : shown) * f) * sizeof(float);
  int64_t end = (task + 1) * c->images_per_task < c->batch ? (task + 1) * c->images_per_task : c->batch;
  for (int64_t image = task * c->images_per_task; image < end; image++) {
    CK(tap_products)(c, c->many + image * pixels * c->many_channels, products);
    for (int64_t y = 0; y < c->few_size[0]; y++) {
      __builtin_memset(row, 0, row_bytes);
      CK(gather_row)(c, products, y, row);
      __builtin_memcpy(
        c->few + image * CK(few_count)(c) + y * line, row + c->pad[1] * f, (size_t)line * sizeof(float));
    }
  }
}

/// Four taps' gradients of a panel over rows first..<end of one image.
CK_INLINE void CK(tap_gradients)(
  int vectors, int adds, const ck_few_channels *c, const float *const *taps, const float *many, int64_t first,
  int64_t end, float *out
) {
  enum { ROWS = 4 };
  CK(vec) sums[ROWS][CK_PANEL_VECTORS];
  int64_t step = c->stride * c->few_channels, apart = CK(reach)(c, 1) * step, m = c->many_channels;
  CK_UNROLL for (int r = 0; r < ROWS; r++) {
    CK_UNROLL for (int j = 0; j < vectors; j++) {
      sums[r][j] = adds ? CK(vector_at)(out + r * m + j * CK_LANES) : (CK(vec)){0};
    }
  }
  for (int64_t y = first; y < end; y++) {
    for (int64_t k = y * apart; k < y * apart + c->many_size[1] * step; k += step, many += m) {
      CK(vec) row[CK_PANEL_VECTORS];
      CK_UNROLL for (int j = 0; j < vectors; j++) row[j] = CK(vector_at)(many + j * CK_LANES);
      CK_UNROLL for (int r = 0; r < ROWS; r++) {
        CK(vec) factor = CK(vector_of)(taps[r][k]);
        CK_UNROLL for (int j = 0; j < vectors; j++) sums[r][j] = CK(multiply_add)(factor, row[j], sums[r][j]);
      }
    }
  }
  CK_UNROLL for (int r = 0; r < ROWS; r++) {
    CK_UNROLL for (int j = 0; j < vectors; j++) *(CK(vec) *)(out + r * m + j * CK_LANES) = sums[r][j];
  }
}

/// The filter's gradient of some images.
static void CK(few_gradient)(const void *context, int64_t task, int64_t worker) {
  enum { ROWS = 4 };
  const ck_few_channels *c = context;
  float *padded = c->scratch + worker * c->scratch_size, *out = c->gradients + task * c->gradient_size;
  int64_t f = c->few_channels, m = c->many_channels, width = c->many_size[1], line = c->taps[1] * f;
  int64_t taps = c->taps[0] * line, apart = CK(reach)(c, 1) * f;
  int64_t rows = width < CK_FEW_ROWS ? CK_FEW_ROWS / width : 1;
  int64_t first = task * c->images_per_task;
  int64_t end = first + c->images_per_task < c->batch ? first + c->images_per_task : c->batch;
  for (int64_t image = first; image < end; image++) {
    CK(pad_image)(c, image, padded);
    for (int64_t y = 0; y < c->many_size[0]; y += rows) {
      int64_t to = y + rows < c->many_size[0] ? y + rows : c->many_size[0];
      const float *many = c->many + (image * c->many_size[0] + y) * width * m;
      int adds = image > first || y > 0;
      for (int64_t tap = 0; tap < taps; tap += ROWS) {
        const float *at[ROWS];
        // Those past the last are the first's, and nobody reads them.
        for (int r = 0; r < ROWS; r++) {
          int64_t t = tap + r < taps ? tap + r : 0;
          at[r] = padded + t / line * apart + t % line;
        }
        for (int64_t column = 0; column < m; column += CK(panel)) {
          int64_t panel = m - column < CK(panel) ? m - column : CK(panel);
#define CK_CALL(v)                                                                                     \
  if (adds) CK(tap_gradients)(v, 1, c, at, many + column, y, to, out + tap * m + column);              \
  else CK(tap_gradients)(v, 0, c, at, many + column, y, to, out + tap * m + column)
          CK_EACH_WIDTH(panel / CK_LANES, CK_CALL)
#undef CK_CALL
        }
      }
    }
  }
}
