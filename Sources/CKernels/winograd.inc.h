// Winograd convolutions. Included once per level; the includer defines CK_LANES and CK_PANEL_VECTORS.

// MARK: Changes of basis

/// y = G x or G' x along one axis; elements are `CK_WINOGRAD_POINTS` vectors apart, as in all of these.
CK_INLINE void CK(change_by_g)(const ck_basis *basis, int transposed, const CK(vec) *x, CK(vec) *y) {
  int rows = transposed ? basis->taps : basis->points, columns = transposed ? basis->points : basis->taps;
  CK_UNROLL for (int i = 0; i < rows; i++) {
    CK(vec) sum = {0};
    CK_UNROLL for (int l = 0; l < columns; l++) {
      float factor = transposed ? basis->g[l][i] : basis->g[i][l];
      if (factor != 0) sum = CK(multiply_add)(CK(vector_of)(factor), x[l * CK_WINOGRAD_POINTS], sum);
    }
    y[i * CK_WINOGRAD_POINTS] = sum;
  }
}

// The products with A and B are written out: they share sums.
#define X(i) x[(i) * CK_WINOGRAD_POINTS]
#define Y(i) y[(i) * CK_WINOGRAD_POINTS]
#define MUL_ADD(a, b, c) CK(multiply_add)(CK(vector_of)(a), b, c)

CK_INLINE void CK(change_by_b)(const ck_basis *basis, const CK(vec) *x, CK(vec) *y) {
  CK(vec) t = X(3) - X(1), u = X(4) - X(2);
  if (basis->points == 5) {
    Y(0) = MUL_ADD(2, X(0) - X(2), t);
    Y(1) = t - (X(1) + X(2));
    Y(2) = MUL_ADD(3, X(1) - X(2), t);
    Y(3) = t;
    Y(4) = MUL_ADD(-2, t, u);
  } else {
    Y(0) = MUL_ADD(1.5f, t, (X(0) - X(2)) + u);
    Y(1) = MUL_ADD(1.5f, X(2) + X(3), u + t);
    Y(2) = MUL_ADD(1.5f, X(3) - X(2), u - t);
    Y(3) = MUL_ADD(2, t, u);
    Y(4) = MUL_ADD(-0.5f, t, u);
    Y(5) = MUL_ADD(1.5f, u, (X(5) - X(3)) - t);
  }
}

CK_INLINE void CK(change_back_by_b)(const ck_basis *basis, const CK(vec) *x, CK(vec) *y) {
  CK(vec) s = X(1) + X(2), d = X(2) - X(1);
  if (basis->points == 5) {
    CK(vec) u = X(0) + X(3);
    Y(0) = X(0) + X(0);
    Y(1) = MUL_ADD(2, X(4) + d, -u);
    Y(2) = -MUL_ADD(2, X(0) + X(2), s + X(4));
    Y(3) = MUL_ADD(-2, X(4), u + s);
    Y(4) = X(4);
  } else {
    CK(vec) r = X(0) + X(3) + X(4);
    CK(vec) p = MUL_ADD(2, X(3), MUL_ADD(-0.5f, X(4), 1.5f * X(0)));
    Y(0) = X(0);
    Y(1) = (X(5) - p) + d;
    Y(2) = MUL_ADD(-1.5f, X(5), MUL_ADD(-2.5f, X(2), MUL_ADD(0.5f, X(1), -(r + X(0)))));
    Y(3) = MUL_ADD(-2, X(5), MUL_ADD(2.5f, X(1), MUL_ADD(0.5f, X(2), p)));
    Y(4) = MUL_ADD(1.5f, X(5), r + s);
    Y(5) = X(5);
  }
}

CK_INLINE void CK(change_by_a)(const ck_basis *basis, const CK(vec) *x, CK(vec) *y) {
  CK(vec) even = X(0) + X(2), odd = X(1) + X(3);
  Y(0) = X(0);
  Y(1) = even + odd;
  Y(2) = even - odd;
  if (basis->points == 5) {
    Y(3) = MUL_ADD(2, MUL_ADD(2, MUL_ADD(2, X(3), X(2)), X(1)), X(0));
    Y(4) = X(3);
  } else {
    Y(3) = MUL_ADD(0.5f, MUL_ADD(0.5f, MUL_ADD(0.5f, X(3), X(2)), X(1)), X(0));
    Y(4) = MUL_ADD(-2, MUL_ADD(-2, MUL_ADD(-2, X(3), X(2)), X(1)), X(0));
    Y(5) = X(3);
  }
}

CK_INLINE void CK(change_back_by_a)(const ck_basis *basis, const CK(vec) *x, CK(vec) *y) {
  CK(vec) even = X(1) + X(2), odd = X(1) - X(2);
  if (basis->points == 5) {
    Y(0) = X(0) + even + X(3);
    Y(1) = MUL_ADD(2, X(3), odd);
    Y(2) = MUL_ADD(4, X(3), even);
    Y(3) = MUL_ADD(8, X(3), odd) + X(4);
  } else {
    Y(0) = X(0) + even + (X(3) + X(4));
    Y(1) = MUL_ADD(0.5f, X(3), MUL_ADD(-2, X(4), odd));
    Y(2) = MUL_ADD(0.25f, X(3), MUL_ADD(4, X(4), even));
    Y(3) = MUL_ADD(0.125f, X(3), MUL_ADD(-8, X(4), odd)) + X(5);
  }
}
#undef X
#undef Y
#undef MUL_ADD

typedef enum { CK(BY_A), CK(BACK_BY_A), CK(BY_B), CK(BACK_BY_B), CK(BY_G), CK(BACK_BY_G) } CK(basis_change);

CK_INLINE void CK(change_line)(CK(basis_change) kind, const ck_basis *basis, const CK(vec) *x, CK(vec) *y) {
  switch (kind) {
    case CK(BY_A): CK(change_by_a)(basis, x, y); break;
    case CK(BACK_BY_A): CK(change_back_by_a)(basis, x, y); break;
    case CK(BY_B): CK(change_by_b)(basis, x, y); break;
    case CK(BACK_BY_B): CK(change_back_by_b)(basis, x, y); break;
    case CK(BY_G): CK(change_by_g)(basis, 0, x, y); break;
    case CK(BACK_BY_G): CK(change_by_g)(basis, 1, x, y); break;
  }
}

/// A tile as its changes of basis see it: element (i, j) at `i * CK_WINOGRAD_POINTS + j`.
typedef struct {
  CK(vec) at[CK_WINOGRAD_POINTS * CK_WINOGRAD_POINTS];
} CK(square);

/// M x M' of a square of `side` elements along each axis, M having `rows` rows.
CK_INLINE CK(square) CK(change)(
  CK(basis_change) kind, const ck_basis *basis, int side, int rows, const CK(square) *x
) {
  CK(square) half, y;
  CK_UNROLL for (int j = 0; j < side; j++) {
    CK(vec) line[CK_WINOGRAD_POINTS * CK_WINOGRAD_POINTS];
    CK(change_line)(kind, basis, x->at + j, line);
    CK_UNROLL for (int i = 0; i < rows; i++) half.at[j * 1 + i * CK_WINOGRAD_POINTS] = line[i * CK_WINOGRAD_POINTS];
  }
  CK_UNROLL for (int i = 0; i < rows; i++) {
    CK(vec) from[CK_WINOGRAD_POINTS * CK_WINOGRAD_POINTS], to[CK_WINOGRAD_POINTS * CK_WINOGRAD_POINTS];
    CK_UNROLL for (int j = 0; j < side; j++) from[j * CK_WINOGRAD_POINTS] = half.at[i * CK_WINOGRAD_POINTS + j];
    CK(change_line)(kind, basis, from, to);
    CK_UNROLL for (int j = 0; j < rows; j++) y.at[i * CK_WINOGRAD_POINTS + j] = to[j * CK_WINOGRAD_POINTS];
  }
  return y;
}

// MARK: Products

/// Changed tiles times changed filters: rows of A lie `a_row` apart.
static void CK(tile_product)(
  int vectors, int64_t depth, const float *a, int64_t a_row, const float *b, float *c, CK(ahead) ahead
) {
#define CK_CALL(n) CK(product)(CK(product_rows), n, 0, depth, a, a_row, 1, b, n * CK_LANES, c, CK(panel), ahead)
  CK_EACH_WIDTH(vectors, CK_CALL)
#undef CK_CALL
}

/// Sums over tiles of changed input times changed cotangent: columns of A lie CK_WINOGRAD_CHANNELS apart.
static void CK(filter_product)(
  int vectors, int adds, int64_t depth, const float *a, const float *b, float *c, CK(ahead) ahead
) {
#define CK_CALL(n)                                                                                    \
  if (adds) CK(product)(4, n, 1, depth, a, 1, CK_WINOGRAD_CHANNELS, b, n * CK_LANES, c, CK(panel), ahead);       \
  else CK(product)(4, n, 0, depth, a, 1, CK_WINOGRAD_CHANNELS, b, n * CK_LANES, c, CK(panel), ahead)
  CK_EACH_WIDTH(vectors, CK_CALL)
#undef CK_CALL
}

// MARK: Places

typedef struct {
  int64_t image, y, x;
} CK(tile);

/// Tiles that results fill along an axis; at most one more is filled in part.
CK_INLINE int64_t CK(full_tiles)(const ck_winograd *c, int axis) { return c->out_size[axis] / CK_WINOGRAD_TILE; }

/// How the tiles of a group of images lie: the full ones of all images, those cut along x, those cut along y, and
/// those cut along both, each class in the order of images and rows.
///
/// A cut tile needs no products at the point at infinity, which makes the last result along an axis alone. In this
/// order the tiles that need a point are one range or two.
typedef struct {
  int64_t images;
  /// Tiles of each class, of all images.
  int64_t sizes[4];
} CK(group);

CK_INLINE CK(group) CK(group_at)(const ck_winograd *c, int64_t group) {
  int64_t first = group * c->images_per_task, y = CK(full_tiles)(c, 0), x = CK(full_tiles)(c, 1);
  int64_t n = c->images - first < c->images_per_task ? c->images - first : c->images_per_task;
  int64_t cut_y = c->tiles[0] - y, cut_x = c->tiles[1] - x;
  return (CK(group)){n, {n * y * x, n * y * cut_x, n * cut_y * x, n * cut_y * cut_x}};
}

/// Tile `index` of the block.
CK_INLINE CK(tile) CK(tile_at)(const ck_winograd *c, int64_t index) {
  int64_t per_group = c->images_per_task * c->tiles[0] * c->tiles[1], number = index / per_group;
  int64_t rest = index % per_group, kind = 0;
  CK(group) group = CK(group_at)(c, number);
  while (rest >= group.sizes[kind]) rest -= group.sizes[kind++];
  int64_t per_image = group.sizes[kind] / group.images, columns = CK(full_tiles)(c, 1);
  int64_t y = kind & 2 ? CK(full_tiles)(c, 0) : 0, x = kind & 1 ? columns : 0;
  if (kind & 1) columns = c->tiles[1] - columns;
  return (CK(tile)){
    c->image + number * c->images_per_task + rest / per_image, y + rest % per_image / columns,
    x + rest % per_image % columns};
}

/// Which tiles of a group need point (i, j), from..<to each; the second range may be empty.
typedef struct {
  int64_t from[2], to[2];
} CK(ranges);

CK_INLINE CK(ranges) CK(needing)(const ck_basis *basis, const CK(group) *group, int64_t point) {
  int last_y = point / basis->points == basis->points - 1, last_x = point % basis->points == basis->points - 1;
  const int64_t *sizes = group->sizes;
  int64_t whole_y = sizes[0] + sizes[1];
  if (last_y) return (CK(ranges)){{0, 0}, {last_x ? sizes[0] : whole_y, 0}};
  if (last_x) return (CK(ranges)){{0, whole_y}, {sizes[0], whole_y + sizes[2]}};
  return (CK(ranges)){{0, 0}, {whole_y + sizes[2] + sizes[3], 0}};
}

CK_INLINE int64_t CK(tile_count)(const ck_winograd *c) { return c->images * c->tiles[0] * c->tiles[1]; }

/// Rows of the block's changed tiles: the product kernel reads whole groups, and so past the last tile.
CK_INLINE int64_t CK(tile_rows)(const ck_winograd *c) { return CK(tile_count)(c) + CK(product_rows) - 1; }

CK_INLINE int64_t CK(in_width)(const ck_winograd *c) {
  return c->stride * c->stride * c->in_channels + CK_WINOGRAD_PAD;
}

CK_INLINE int64_t CK(out_width)(const ck_winograd *c) { return c->out_channels + CK_WINOGRAD_PAD; }

/// Pixel that element (i, j) of an input tile in `phase` is, or -1 outside of the image.
CK_INLINE int64_t CK(in_pixel)(const ck_winograd *c, CK(tile) t, int64_t phase, int64_t i, int64_t j) {
  int64_t y = c->stride * (CK_WINOGRAD_TILE * t.y + i) + phase / c->stride - c->pad[0];
  int64_t x = c->stride * (CK_WINOGRAD_TILE * t.x + j) + phase % c->stride - c->pad[1];
  if (y < 0 || y >= c->in_size[0] || x < 0 || x >= c->in_size[1]) return -1;
  return (t.image * c->in_size[0] + y) * c->in_size[1] + x;
}

CK_INLINE int64_t CK(out_pixel)(const ck_winograd *c, CK(tile) t, int64_t i, int64_t j) {
  int64_t y = CK_WINOGRAD_TILE * t.y + i, x = CK_WINOGRAD_TILE * t.x + j;
  if (y >= c->out_size[0] || x >= c->out_size[1]) return -1;
  return (t.image * c->out_size[0] + y) * c->out_size[1] + x;
}

/// Tap (i, j) of `phase`, or -1 past the filter.
CK_INLINE int64_t CK(tap)(const ck_winograd *c, int64_t phase, int64_t i, int64_t j) {
  int64_t y = c->stride * i + phase / c->stride, x = c->stride * j + phase % c->stride;
  return y < c->taps[0] && x < c->taps[1] ? y * c->taps[1] + x : -1;
}

/// `count` points of a square, `k` as they lie in memory and `point` in a square.
#define CK_EACH_POINT(k, point)                                                                                  \
  CK_UNROLL for (int k = 0; k < basis->points * basis->points; k++)                                              \
    CK_UNROLL for (int point = k / basis->points * CK_WINOGRAD_POINTS + k % basis->points, once = 1; once; once = 0)

#define CK_EACH_RESULT(i, j)                             \
  CK_UNROLL for (int i = 0; i < CK_WINOGRAD_TILE; i++)   \
    CK_UNROLL for (int j = 0; j < CK_WINOGRAD_TILE; j++)

/// Place of (tile, column) where columns lie in groups, each `[tile, size]`.
CK_INLINE int64_t CK(grouped)(int64_t tiles, int64_t size, int64_t tile, int64_t column) {
  return (column / size * tiles + tile) * size + column % size;
}

/// Products of all points for `rows` rows and a panel.
CK_INLINE int64_t CK(sums_size)(const ck_winograd *c, int64_t rows) {
  return c->points * c->points * rows * CK(panel);
}

/// A range of a product's columns as a panel.
typedef struct {
  int64_t column;
  int vectors;
} CK(columns);

CK_INLINE CK(columns) CK(panel_at)(const ck_winograd *c, int64_t total, int64_t panel) {
  int64_t column = (c->panel + panel) * CK(panel);
  int64_t width = total - column < CK(panel) ? total - column : CK(panel);
  return (CK(columns)){column, (int)(width / CK_LANES)};
}

// MARK: Filters

/// Distance of a range's changed filters from point to point: a line more than their size, for sizes are powers of two,
/// and the points of one filter would share a cache set.
CK_INLINE int64_t CK(filters_apart)(int64_t range, int64_t depth) { return range * depth + CK_WINOGRAD_PAD; }

/// Most taps of a filter.
enum { CK(taps) = 36 };

/// Filters of a vector of channels and a part of the other side's, changed by G.
///
/// Columns and depth are output channels and (phase, input channel), or for input-gradients the other way around.
/// A task is one of four parts of the depth's channels, for one vector of the columns' channels.
CK_INLINE void CK(change_filters)(const ck_winograd *c, const ck_basis *basis, int64_t task, int adjoint) {
  enum { PARTS = 4, STRETCH = 8 };
  int64_t phases = c->stride * c->stride, ins = c->in_channels, taps = c->taps[0] * c->taps[1];
  int64_t total = adjoint ? phases * ins : c->out_channels, depth = adjoint ? c->out_channels : phases * ins;
  int64_t first = c->panel * CK(panel), end = first + c->panels * CK(panel);
  int64_t range = (end < total ? end : total) - first, others = adjoint ? c->out_channels : ins;
  int64_t column = first + task / PARTS * CK_LANES, point_apart = CK(filters_apart)(range, depth);
  int64_t channel = adjoint ? column % ins : column, panel = (column - first) / CK(panel);
  int64_t width = range - panel * CK(panel) < CK(panel) ? range - panel * CK(panel) : CK(panel);
  float *out = c->filters + panel * CK(panel) * depth + (column - first) % CK(panel);
  int64_t from = task % PARTS * others / PARTS, to = (task % PARTS + 1) * others / PARTS;
  for (int64_t other = from; other < to; other += STRETCH) {
    int64_t count = to - other < STRETCH ? to - other : STRETCH;
    // Turned, so that lanes lie side by side; a lane's filters of neighbouring input channels are one piece of memory.
    float turned[STRETCH * CK(taps) * CK_LANES];
    if (adjoint) {
      for (int64_t i = 0; i < count; i++) {
        const float *w = c->w + ((other + i) * ins + channel) * taps;
        CK(transpose)(w, taps, turned + i * taps * CK_LANES, CK_LANES, CK_LANES, taps);
      }
    } else {
      const float *w = c->w + (channel * ins + other) * taps;
      CK(transpose)(w, ins * taps, turned, CK_LANES, CK_LANES, count * taps);
    }
    for (int64_t i = 0; i < count; i++) {
      for (int64_t phase = adjoint ? column / ins : 0; phase < (adjoint ? column / ins + 1 : phases); phase++) {
        CK(square) filter;
        CK_UNROLL for (int y = 0; y < basis->taps; y++) {
          CK_UNROLL for (int x = 0; x < basis->taps; x++) {
            int64_t tap = CK(tap)(c, phase, y, x);
            filter.at[y * CK_WINOGRAD_POINTS + x] =
              tap < 0 ? (CK(vec)){0} : CK(vector_at)(turned + (i * taps + tap) * CK_LANES);
          }
        }
        CK(square) changed = CK(change)(CK(BY_G), basis, basis->taps, basis->points, &filter);
        int64_t row = adjoint ? other + i : phase * ins + other + i;
        CK_EACH_POINT(k, point) *(CK(vec) *)(out + k * point_apart + row * width) = changed.at[point];
      }
    }
  }
}

/// Filters' gradients of CK_WINOGRAD_CHANNELS input channels from `in` on and one panel, changed back by G'.
CK_INLINE void CK(store_filters)(
  const ck_winograd *c, const ck_basis *basis, const float *sums, int64_t in, CK(columns) columns
) {
  int64_t phases = c->stride * c->stride, taps = c->taps[0] * c->taps[1];
  for (int64_t row = 0; row < CK_WINOGRAD_CHANNELS; row++) {
    for (int vector = 0; vector < columns.vectors; vector++) {
      float *w = c->result + ((columns.column + vector * CK_LANES) * c->in_channels + in + row) * taps;
      // Written filter by filter: those of neighbouring lanes lie far apart, and would share cache sets.
      float turned[CK_LANES * CK(taps)];
      for (int64_t phase = 0; phase < phases; phase++) {
        CK(square) changed;
        CK_EACH_POINT(k, point) {
          changed.at[point] = CK(vector_at)(
            sums + ((k * phases + phase) * CK_WINOGRAD_CHANNELS + row) * CK(panel) + vector * CK_LANES);
        }
        CK(square) filter = CK(change)(CK(BACK_BY_G), basis, basis->points, basis->taps, &changed);
        for (int i = 0; i < basis->taps; i++) {
          for (int j = 0; j < basis->taps; j++) {
            int64_t tap = CK(tap)(c, phase, i, j);
            if (tap < 0) continue;
            float lanes[CK_LANES];
            *(CK(vec) *)lanes = filter.at[i * CK_WINOGRAD_POINTS + j];
            for (int64_t l = 0; l < CK_LANES; l++) turned[l * taps + tap] = lanes[l];
          }
        }
      }
      for (int64_t l = 0; l < CK_LANES; l++) {
        __builtin_memcpy(w + l * c->in_channels * taps, turned + l * taps, (size_t)taps * sizeof(float));
      }
    }
  }
}

// MARK: Images

/// Input tiles changed by B. Rows of channels, or for filter-gradients `[channels / 16, tile, 16]`.
CK_INLINE void CK(change_inputs)(const ck_winograd *c, const ck_basis *basis, int64_t task, int grouped) {
  int64_t phases = c->stride * c->stride, ins = c->in_channels, count = CK(tile_count)(c);
  int64_t width = CK(in_width)(c), apart = CK(tile_rows)(c) * width;
  int64_t first = task * CK_WINOGRAD_TILES_PER_TASK;
  int64_t end = first + CK_WINOGRAD_TILES_PER_TASK < count ? first + CK_WINOGRAD_TILES_PER_TASK : count;
  for (int64_t t = first; t < end; t++) {
    CK(tile) place = CK(tile_at)(c, t);
    for (int64_t phase = 0; phase < phases; phase++) {
      int64_t pixels[CK_WINOGRAD_POINTS * CK_WINOGRAD_POINTS];
      CK_EACH_POINT(k, point) {
        pixels[point] = CK(in_pixel)(c, place, phase, point / CK_WINOGRAD_POINTS, point % CK_WINOGRAD_POINTS);
      }
      for (int64_t channel = 0; channel < ins; channel += CK_LANES) {
        CK(square) tile;
        CK_EACH_POINT(k, point) {
          tile.at[point] =
            pixels[point] < 0 ? (CK(vec)){0} : CK(vector_at)(c->x + pixels[point] * ins + channel);
        }
        CK(square) changed = CK(change)(CK(BY_B), basis, basis->points, basis->points, &tile);
        int64_t column = phase * ins + channel;
        float *out = c->in_tiles
          + (grouped ? CK(grouped)(count, CK_WINOGRAD_CHANNELS, t, column) : t * width + column);
        CK_EACH_POINT(k, point) *(CK(vec) *)(out + k * apart) = changed.at[point];
      }
    }
  }
}

/// Tiles of results (cotangents) changed by A. Rows of channels, or for filter-gradients `[panel, tile, panel width]`.
CK_INLINE void CK(change_outputs)(const ck_winograd *c, const ck_basis *basis, int64_t task, int grouped) {
  int64_t outs = c->out_channels, count = CK(tile_count)(c);
  int64_t width = CK(out_width)(c), apart = CK(tile_rows)(c) * width;
  int64_t first = task * CK_WINOGRAD_TILES_PER_TASK;
  int64_t end = first + CK_WINOGRAD_TILES_PER_TASK < count ? first + CK_WINOGRAD_TILES_PER_TASK : count;
  for (int64_t t = first; t < end; t++) {
    CK(tile) place = CK(tile_at)(c, t);
    for (int64_t channel = 0; channel < outs; channel += CK_LANES) {
      CK(square) tile;
      CK_EACH_RESULT(i, j) {
        int64_t pixel = CK(out_pixel)(c, place, i, j);
        tile.at[i * CK_WINOGRAD_POINTS + j] =
          pixel < 0 ? (CK(vec)){0} : CK(vector_at)(c->y + pixel * outs + channel);
      }
      CK(square) changed = CK(change)(CK(BY_A), basis, CK_WINOGRAD_TILE, basis->points, &tile);
      int64_t panel = channel / CK(panel) * CK(panel);
      int64_t panel_width = outs - panel < CK(panel) ? outs - panel : CK(panel);
      float *out = c->out_tiles
        + (grouped ? panel * count + t * panel_width + channel - panel : t * width + channel);
      CK_EACH_POINT(k, point) *(CK(vec) *)(out + k * apart) = changed.at[point];
    }
  }
}

/// Tile `index` of results, changed back by A'.
CK_INLINE void CK(store_outputs)(
  const ck_winograd *c, const ck_basis *basis, const float *sums, int64_t index, CK(columns) columns
) {
  CK(tile) place = CK(tile_at)(c, index);
  for (int vector = 0; vector < columns.vectors; vector++) {
    CK(square) changed;
    CK_EACH_POINT(k, point) {
      changed.at[point] = CK(vector_at)(sums + k * CK_WINOGRAD_BLOCK * CK(panel) + vector * CK_LANES);
    }
    CK(square) tile = CK(change)(CK(BACK_BY_A), basis, basis->points, CK_WINOGRAD_TILE, &changed);
    CK_EACH_RESULT(i, j) {
      int64_t pixel = CK(out_pixel)(c, place, i, j);
      if (pixel < 0) continue;
      *(CK(vec) *)(c->result + pixel * c->out_channels + columns.column + vector * CK_LANES) =
        tile.at[i * CK_WINOGRAD_POINTS + j];
    }
  }
}

/// Input tile `index`, changed back by B' and added where tiles overlap.
CK_INLINE void CK(store_inputs)(
  const ck_winograd *c, const ck_basis *basis, const float *sums, int64_t index, CK(columns) columns
) {
  CK(tile) place = CK(tile_at)(c, index);
  // Those above and to the left were there already: no class of tiles comes before one of theirs.
  int above = place.y > 0 ? basis->taps - 1 : 0, left = place.x > 0 ? basis->taps - 1 : 0;
  // A cut tile's cotangent at infinity is 0, and so is the product that was left out.
  int cut_y = place.y >= CK(full_tiles)(c, 0), cut_x = place.x >= CK(full_tiles)(c, 1);
  for (int vector = 0; vector < columns.vectors; vector++) {
    int64_t column = columns.column + vector * CK_LANES, phase = column / c->in_channels;
    CK(square) changed;
    CK_EACH_POINT(k, point) {
      int is_cut = (cut_y && k / basis->points == basis->points - 1) || (cut_x && k % basis->points == basis->points - 1);
      changed.at[point] = is_cut
        ? (CK(vec)){0} : CK(vector_at)(sums + k * CK_WINOGRAD_BLOCK * CK(panel) + vector * CK_LANES);
    }
    CK(square) tile = CK(change)(CK(BACK_BY_B), basis, basis->points, basis->points, &changed);
    CK_EACH_POINT(k, point) {
      int i = point / CK_WINOGRAD_POINTS, j = point % CK_WINOGRAD_POINTS;
      int64_t pixel = CK(in_pixel)(c, place, phase, i, j);
      if (pixel < 0) continue;
      CK(vec) *out = (CK(vec) *)(c->result + pixel * c->in_channels + column % c->in_channels);
      *out = i < above || j < left ? *out + tile.at[point] : tile.at[point];
    }
  }
}

// MARK: Directions

/// One panel of some images: products for every point, then back to pixels.
CK_INLINE void CK(multiply_tiles)(
  const ck_winograd *c, const ck_basis *basis, int64_t task, int64_t worker, int adjoint
) {
  int64_t points = basis->points * basis->points, per_image = c->tiles[0] * c->tiles[1];
  int64_t groups = (c->images + c->images_per_task - 1) / c->images_per_task;
  int64_t panel = task / groups, from = task % groups * c->images_per_task;
  int64_t images = c->images - from < c->images_per_task ? c->images - from : c->images_per_task;
  int64_t depth = adjoint ? c->out_channels : c->stride * c->stride * c->in_channels;
  int64_t total = adjoint ? c->stride * c->stride * c->in_channels : c->out_channels;
  int64_t first = c->panel * CK(panel), end = first + c->panels * CK(panel);
  int64_t range = (end < total ? end : total) - first;
  int64_t width = adjoint ? CK(out_width)(c) : CK(in_width)(c), apart = CK(tile_rows)(c) * width;
  const float *tiles = adjoint ? c->out_tiles : c->in_tiles;
  CK(columns) columns = CK(panel_at)(c, total, panel);
  int64_t panel_width = columns.vectors * CK_LANES;
  const float *filters = c->filters + panel * CK(panel) * depth;
  int64_t filters_apart = CK(filters_apart)(range, depth);
  float *sums = c->sums + worker * CK(sums_size)(c, CK_WINOGRAD_BLOCK);
  int64_t tile_end = (from + images) * per_image;
  CK(group) group = CK(group_at)(c, task % groups);
  for (int64_t t = from * per_image; t < tile_end; t += CK_WINOGRAD_BLOCK) {
    int64_t count = tile_end - t < CK_WINOGRAD_BLOCK ? tile_end - t : CK_WINOGRAD_BLOCK, before = t - from * per_image;
    int64_t rounds = (count + CK(product_rows) - 1) / CK(product_rows);
    for (int64_t k = 0; k < points; k++) {
      const float *next_tiles = k + 1 < points ? tiles + (k + 1) * apart + t * width : tiles + (t + count) * width;
      const float *next_filters = filters + (k + 1 < points ? k + 1 : 0) * filters_apart;
      CK(ranges) needed = CK(needing)(basis, &group, k);
      for (int part = 0, round = 0; part < 2; part++) {
        int64_t row = needed.from[part] > before ? needed.from[part] - before : 0;
        int64_t end = needed.to[part] - before < count ? needed.to[part] - before : count;
        for (; row < end; row += CK(product_rows), round++) {
          // The sums have room for no row past the block; what lies before has been computed, or will be.
          int64_t at = row < CK_WINOGRAD_BLOCK - CK(product_rows) ? row : CK_WINOGRAD_BLOCK - CK(product_rows);
          CK(ahead) ahead = {
            next_tiles + at * width, next_filters + round * depth * panel_width / rounds, CK(product_rows),
            (panel_width + rounds - 1) / rounds,
          };
          CK(tile_product)(
            columns.vectors, depth, tiles + k * apart + (t + at) * width, width, filters + k * filters_apart,
            sums + (k * CK_WINOGRAD_BLOCK + at) * CK(panel), ahead);
        }
      }
    }
    for (int64_t i = 0; i < count; i++) {
      if (adjoint) CK(store_inputs)(c, basis, sums + i * CK(panel), t + i, columns);
      else CK(store_outputs)(c, basis, sums + i * CK(panel), t + i, columns);
    }
  }
}

/// Filters' gradients of CK_WINOGRAD_CHANNELS input channels and one panel.
CK_INLINE void CK(multiply_filters)(const ck_winograd *c, const ck_basis *basis, int64_t task, int64_t worker) {
  // Of both factors together about as much as the first-level cache holds.
  enum { DEPTH = 96, ROWS = 4, ROUNDS = CK_WINOGRAD_CHANNELS / ROWS };
  int64_t points = basis->points * basis->points, phases = c->stride * c->stride, tiles = CK(tile_count)(c);
  int64_t chunks = c->in_channels / CK_WINOGRAD_CHANNELS, in = task % chunks * CK_WINOGRAD_CHANNELS;
  CK(columns) columns = CK(panel_at)(c, c->out_channels, task / chunks);
  int64_t in_apart = CK(tile_rows)(c) * CK(in_width)(c), out_apart = CK(tile_rows)(c) * CK(out_width)(c);
  int64_t panel_width = columns.vectors * CK_LANES, is_alone = c->is_first && c->is_last;
  float *sums = c->sums + (is_alone ? worker : task) * CK(sums_size)(c, phases * CK_WINOGRAD_CHANNELS);
  CK(group) group = CK(group_at)(c, 0);
  for (int64_t k = 0; k < points; k++) {
    CK(ranges) needed = CK(needing)(basis, &group, k);
    int adds = !c->is_first;
    for (int range = 0; range < 2; range++) {
      for (int64_t t = needed.from[range]; t < needed.to[range]; t += DEPTH) {
        int64_t depth = needed.to[range] - t < DEPTH ? needed.to[range] - t : DEPTH;
        const float *b = c->out_tiles + k * out_apart + columns.column * tiles + t * panel_width;
        for (int64_t part = 0; part < phases * ROUNDS; part++) {
          int64_t phase = part / ROUNDS, round = part % ROUNDS;
          const float *a = c->in_tiles + k * in_apart
            + CK(grouped)(tiles, CK_WINOGRAD_CHANNELS, t, phase * c->in_channels + in);
          CK(ahead) ahead = {
            a + depth * CK_WINOGRAD_CHANNELS + round * depth * ROWS,
            b + depth * panel_width + part * depth * panel_width / (phases * ROUNDS), ROWS,
            (panel_width + phases * ROUNDS - 1) / (phases * ROUNDS),
          };
          CK(filter_product)(
            columns.vectors, adds, depth, a + round * ROWS, b,
            sums + ((k * phases + phase) * CK_WINOGRAD_CHANNELS + round * ROWS) * CK(panel), ahead);
        }
        adds = 1;
      }
    }
    // No tile needs the point where all are cut.
    int64_t size = phases * CK_WINOGRAD_CHANNELS * CK(panel);
    if (!adds) __builtin_memset(sums + k * size, 0, (size_t)size * sizeof(float));
  }
  if (c->is_last) CK(store_filters)(c, basis, sums, in, columns);
}

// MARK: Tasks

/// A task for either basis; both are known where the loops over points are unrolled.
#define CK_WINOGRAD_TASK(name, call)                                                   \
  static void CK(name)(const void *context, int64_t task, int64_t worker) {            \
    const ck_winograd *c = context;                                                    \
    (void)worker;                                                                      \
    if (c->points == 5) {                                                              \
      const ck_basis *basis = &ck_basis2;                                              \
      call;                                                                            \
    } else {                                                                           \
      const ck_basis *basis = &ck_basis3;                                              \
      call;                                                                            \
    }                                                                                  \
  }

CK_WINOGRAD_TASK(winograd_filters, CK(change_filters)(c, basis, task, 0))
CK_WINOGRAD_TASK(winograd_adjoint_filters, CK(change_filters)(c, basis, task, 1))
CK_WINOGRAD_TASK(winograd_inputs, CK(change_inputs)(c, basis, task, 0))
CK_WINOGRAD_TASK(winograd_outputs, CK(change_outputs)(c, basis, task, 0))
CK_WINOGRAD_TASK(winograd_grouped_inputs, CK(change_inputs)(c, basis, task, 1))
CK_WINOGRAD_TASK(winograd_grouped_outputs, CK(change_outputs)(c, basis, task, 1))
CK_WINOGRAD_TASK(winograd_forward, CK(multiply_tiles)(c, basis, task, worker, 0))
CK_WINOGRAD_TASK(winograd_input_gradient, CK(multiply_tiles)(c, basis, task, worker, 1))
CK_WINOGRAD_TASK(winograd_filter_gradient, CK(multiply_filters)(c, basis, task, worker))
#undef CK_WINOGRAD_TASK
#undef CK_EACH_POINT
#undef CK_EACH_RESULT
