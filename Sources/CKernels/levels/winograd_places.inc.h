// Where tiles, taps and points of Winograd convolutions lie. Included once per level, by winograd.inc.h.

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

/// Where the rows of a tile begin, and its columns within them, in floats from the first of all images; -1 outside of them.
/// Once for both axes: finding each pixel by itself took a fifth of an input-gradient of 16 channels.
typedef struct {
  int64_t rows[CK_WINOGRAD_POINTS], columns[CK_WINOGRAD_POINTS];
} CK(places);

CK_INLINE int CK(has_pixel)(const CK(places) *places, int i, int j) {
  return places->rows[i] >= 0 && places->columns[j] >= 0;
}

/// Those of an input tile in `phase`.
CK_INLINE CK(places) CK(in_places)(const ck_winograd *c, const ck_basis *basis, CK(tile) t, int64_t phase) {
  CK(places) places;
  int64_t y = c->stride * CK_WINOGRAD_TILE * t.y + phase / c->stride - c->pad[0];
  int64_t x = c->stride * CK_WINOGRAD_TILE * t.x + phase % c->stride - c->pad[1];
  CK_UNROLL for (int i = 0; i < basis->points; i++, y += c->stride, x += c->stride) {
    places.rows[i] = y < 0 || y >= c->in_size[0] ? -1 : (t.image * c->in_size[0] + y) * c->in_size[1] * c->in_stored;
    places.columns[i] = x < 0 || x >= c->in_size[1] ? -1 : x * c->in_stored;
  }
  return places;
}

/// Those of a tile of results.
CK_INLINE CK(places) CK(out_places)(const ck_winograd *c, CK(tile) t) {
  CK(places) places;
  int64_t y = CK_WINOGRAD_TILE * t.y, x = CK_WINOGRAD_TILE * t.x;
  CK_UNROLL for (int i = 0; i < CK_WINOGRAD_TILE; i++, y++, x++) {
    places.rows[i] = y >= c->out_size[0] ? -1 : (t.image * c->out_size[0] + y) * c->out_size[1] * c->out_stored;
    places.columns[i] = x >= c->out_size[1] ? -1 : x * c->out_stored;
  }
  return places;
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

/// How many of `count` channels from `first` on are in memory, of `stored` in all.
CK_INLINE int64_t CK(stored)(int64_t first, int64_t count, int64_t stored) {
  return stored - first >= count ? count : stored > first ? stored - first : 0;
}

/// A vector of which only the first `count` elements are in memory; the others are zero.
CK_INLINE CK(vec) CK(part_at)(const float *p, int64_t count) {
  if (count == CK_LANES) return CK(vector_at)(p);
  CK(vec) result = {0};
  for (int64_t l = 0; l < count; l++) result[l] = p[l];
  return result;
}

/// Writes the first `count` elements.
CK_INLINE void CK(store_part)(float *p, CK(vec) value, int64_t count) {
  if (count == CK_LANES) *(CK(vec) *)p = value;
  else for (int64_t l = 0; l < count; l++) p[l] = value[l];
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
